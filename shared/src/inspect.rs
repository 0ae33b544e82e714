//! What a database and the settings hold before Latchkey takes them over: what was found, what
//! `migrate` would change, what would break, and how to mend it.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::Connection;
use sqlx::postgres::PgConnection;
use time::OffsetDateTime;

use crate::config::{Config, warnings};
use crate::db::inspect::{self as rows, Ending, Users};
use crate::db::migrate;
use crate::db::schema::{Column, Obstacle, Schema};

mod changes;
mod finding;
mod findings;
mod text;

pub use finding::{Finding, Level};

/// All that was found.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Whether nothing stands in the way: no finding is an error.
    pub is_ready: bool,
    /// `None` where only the settings were looked at.
    pub database: Option<Database>,
    /// The migrations that the database lacks.
    pub pending_migrations: Vec<String>,
    /// What `migrate` would change, in its order; empty when the schema is up to date, and when something
    /// stands in its way: then it touches nothing.
    pub changes: Vec<String>,
    /// Errors first.
    pub findings: Vec<Finding>,
}

/// A database.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Database {
    /// Who made its tables, as far as they show it.
    pub made_by: MadeBy,
    /// The type of `"user".id`.
    pub ids: Option<String>,
    /// The newest migration of Latchkey's.
    pub schema_version: Option<i64>,
    /// `None` where the table is not there, or is not as Latchkey needs it.
    pub users: Option<Users>,
    /// As `users`.
    pub sessions: Option<Ending>,
    /// As `users`.
    pub verifications: Option<Ending>,
    /// As `users`.
    pub accounts: Option<i64>,
    /// Accounts of social providers, by provider.
    pub providers: BTreeMap<String, i64>,
    /// Passwords by the format of their hashes, the commonest first.
    pub password_hashes: Vec<HashCount>,
    /// What `DUMMY_HASH` should be: the commonest of them.
    pub dummy_hash: Option<String>,
}

/// How many passwords have a format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HashCount {
    /// As `DUMMY_HASH` takes it; `None` for hashes that can't be read.
    pub format: Option<String>,
    /// So many passwords.
    pub accounts: i64,
}

/// Who made the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MadeBy {
    /// There are none.
    Nobody,
    /// A column that those releases alone made.
    #[serde(rename = "better-auth-1.7.0-to-1.7.2")]
    BetterAuth170To172,
    /// The tables are the same from 1.6 on, and Latchkey's are, too.
    #[serde(rename = "better-auth-1.6-or-later")]
    BetterAuth,
    /// Types that an ORM chose, or a release before 1.6.
    OrmOrOlder,
}

/// Looks at the settings, and at the database behind `connection` if one is given, in a transaction that
/// can't write.
///
/// Errors: a statement failed.
pub async fn inspect(
    config: &Config,
    connection: Option<&mut PgConnection>,
    now: OffsetDateTime,
) -> sqlx::Result<Report> {
    let cookies = warnings::warnings(config);
    let mut findings: Vec<_> = cookies.iter().map(Finding::of_cookies).collect();
    let (mut pending_migrations, mut changes) = (Vec::new(), Vec::new());
    let mut database = None;
    if let Some(connection) = connection {
        let mut transaction = connection.begin().await?;
        sqlx::raw_sql("set transaction isolation level repeatable read, read only")
            .execute(&mut *transaction)
            .await?;
        let facts = Facts::read(&mut transaction, config, now).await?;
        transaction.rollback().await?;
        findings.extend(findings::of(&facts, config));
        changes = changes::of(&facts, config);
        pending_migrations = facts.pending;
        database = Some(facts.database);
    }
    findings.sort_by_key(|finding| finding.level);
    let is_ready = !findings.iter().any(|finding| finding.level == Level::Error);
    Ok(Report { is_ready, database, pending_migrations, changes, findings })
}

/// What the findings follow from.
struct Facts {
    schema: Schema,
    obstacles: Vec<Obstacle>,
    /// The migrations that are missing, by their names.
    pending: Vec<String>,
    database: Database,
    accounts: Option<rows::Accounts>,
    guarded: rows::Guarded,
    /// Live rows of `verification` that have a token in clear.
    links_in_clear: i64,
    /// Accounts that have a provider's token in clear.
    tokens_in_clear: i64,
}

impl Facts {
    async fn read(
        connection: &mut PgConnection,
        config: &Config,
        now: OffsetDateTime,
    ) -> sqlx::Result<Self> {
        let schema = Schema::read(&mut *connection).await?;
        let (pending, version) = migrate::pending(&mut *connection).await?;
        let mut facts = Self {
            obstacles: schema.obstacles(&config.fields),
            pending,
            database: Database {
                made_by: made_by(&schema),
                ids: schema.column("user", "id").map(|column| column.kind.clone()),
                schema_version: version,
                users: None,
                sessions: None,
                verifications: None,
                accounts: None,
                providers: BTreeMap::new(),
                password_hashes: Vec::new(),
                dummy_hash: None,
            },
            schema,
            accounts: None,
            guarded: rows::Guarded::default(),
            links_in_clear: 0,
            tokens_in_clear: 0,
        };
        let [users, sessions, accounts, verifications] =
            ["user", "session", "account", "verification"]
                .map(|table| facts.schema.is_readable(table));
        if users {
            facts.database.users = Some(rows::users(connection).await?);
            let column = |name| facts.schema.column("user", name);
            if column("twoFactorEnabled").is_some() || column("banned").is_some() {
                let bans_end = column("banExpires").is_some_and(Column::is_instant);
                facts.guarded = rows::guarded(connection, bans_end, now).await?;
            }
        }
        if sessions {
            facts.database.sessions = Some(rows::sessions(connection, now).await?);
        }
        if verifications {
            let (all, in_clear) = rows::verifications(connection, now).await?;
            facts.database.verifications = Some(all);
            facts.links_in_clear = in_clear;
        }
        if users && accounts {
            let found = rows::accounts(connection).await?;
            facts.database.accounts = Some(found.all);
            facts.accounts = Some(found);
        }
        if accounts {
            (facts.database.providers, facts.tokens_in_clear) = rows::providers(connection).await?;
            facts.database.password_hashes = hash_counts(rows::hashes(connection).await?);
        }
        let mut formats = facts.database.password_hashes.iter();
        facts.database.dummy_hash = formats.find_map(|count| count.format.clone());
        Ok(facts)
    }
}

fn hash_counts(found: BTreeMap<Option<String>, i64>) -> Vec<HashCount> {
    let mut counts: Vec<_> =
        found.into_iter().map(|(format, accounts)| HashCount { format, accounts }).collect();
    counts.sort_by_key(|count| std::cmp::Reverse(count.accounts));
    counts
}

fn made_by(schema: &Schema) -> MadeBy {
    if schema.tables.is_empty() {
        MadeBy::Nobody
    } else if schema.column("account", "issuer").is_some() {
        MadeBy::BetterAuth170To172
    } else if schema.is_better_auths() {
        MadeBy::BetterAuth
    } else {
        MadeBy::OrmOrOlder
    }
}
