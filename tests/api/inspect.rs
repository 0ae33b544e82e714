//! What is said of a database before it is taken over, and what is refused then.

use crate::databases::{self, SHAPE};
use shared::additional::Declared;
use shared::config::Config;
use shared::db::Pool;
use shared::db::migrate::{Consent, MigrationError, migrate};
use shared::inspect::{self, Level, MadeBy, Report};
use sqlx::{ConnectOptions, Connection, PgConnection};
use tests::app::{START, TestApp};
use tests::database::Database;

fn config(settings: &[(&str, &str)]) -> Config {
    Config::from_vars(|name| {
        settings.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    })
    .unwrap()
}

/// A database of the test's own, looked into past any pooler.
struct Foreign {
    connection: PgConnection,
    database: Database,
}

impl Foreign {
    async fn with(sql: &str) -> Self {
        let database = Database::create().await;
        let mut connection = database.direct_options().connect().await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        Self { connection, database }
    }

    /// One that Latchkey made, and what was done to it since.
    async fn ours(sql: &str) -> Self {
        let mut ours = Self::with("").await;
        ours.database.migrate().await;
        sqlx::raw_sql(sql).execute(&mut ours.connection).await.unwrap();
        ours
    }

    async fn inspect(&mut self, settings: &[(&str, &str)]) -> Report {
        inspect::inspect(&config(settings), Some(&mut self.connection), START).await.unwrap()
    }

    async fn migrate(
        &mut self,
        settings: &[(&str, &str)],
        consent: Consent,
    ) -> Result<(), MigrationError> {
        migrate(&mut self.connection, &config(settings).fields, consent).await.map(drop)
    }

    async fn shape(&mut self) -> String {
        let shape: Option<String> =
            sqlx::query_scalar(SHAPE).fetch_one(&mut self.connection).await.unwrap();
        shape.unwrap_or_default()
    }
}

fn codes(report: &Report, level: Level) -> Vec<&'static str> {
    report
        .findings
        .iter()
        .filter(|finding| finding.level == level)
        .map(|finding| finding.code)
        .collect()
}

fn count(report: &Report, code: &str) -> Option<i64> {
    report.findings.iter().find(|finding| finding.code == code)?.count
}

#[tokio::test]
async fn an_empty_database_is_ready_and_gets_what_was_announced() {
    let mut empty = Foreign::with("").await;

    let report = empty.inspect(&[]).await;

    let database = report.database.as_ref().unwrap();
    assert!(report.is_ready && report.findings.is_empty(), "{report}");
    assert_eq!((database.made_by, database.schema_version), (MadeBy::Nobody, None));
    assert_eq!(report.pending_migrations.len(), shared::MIGRATOR.iter().count());
    announced_is_done(&mut empty, &report, &[]).await;
}

/// `migrate` changes what the report says, and nothing else; after it there is nothing left to say.
async fn announced_is_done(foreign: &mut Foreign, report: &Report, settings: &[(&str, &str)]) {
    let before = foreign.shape().await;
    foreign.migrate(settings, Consent::default()).await.unwrap();
    let after = foreign.shape().await;

    let new: Vec<_> =
        after.lines().filter(|line| !before.lines().any(|other| other == *line)).collect();
    let gone: Vec<_> =
        before.lines().filter(|line| !after.lines().any(|other| other == *line)).collect();
    let is_of_new_table = |line: &str| {
        let table = |change: &String| change.strip_prefix("create table ").map(str::to_owned);
        let mut tables = report.changes.iter().filter_map(table);
        tables.any(|table| {
            line.contains(&format!(" on {table} ")) || line.contains(&format!(" to {table} "))
        })
    };
    let announced = |line: &str| {
        report.changes.iter().any(|change| {
            let change = change.strip_prefix("create ").or(change.strip_prefix("add ")).unwrap();
            line.starts_with(change)
        })
    };
    for line in &new {
        assert!(
            announced(line) || is_of_new_table(line),
            "not announced: {line}\n{:#?}",
            report.changes
        );
    }
    for change in &report.changes {
        let change = change.strip_prefix("create ").or(change.strip_prefix("add ")).unwrap();
        assert!(new.iter().any(|line| line.starts_with(change)), "not done: {change}\n{after}");
    }
    assert_eq!(gone, [""; 0]);
    let report = foreign.inspect(settings).await;
    assert!(report.changes.is_empty() && report.pending_migrations.is_empty(), "{report}");
}

#[tokio::test]
async fn columns_of_additional_fields_are_announced() {
    let settings = [("USER_FIELDS", r#"{"plan":{"type":"string","required":false}}"#)];
    let mut ours = Foreign::ours("").await;

    let report = ours.inspect(&settings).await;

    assert_eq!(report.changes, [r#"add column "plan" to "user""#]);
    announced_is_done(&mut ours, &report, &settings).await;
}

/// What was done to a database, the code of what stands in the way, and what the message names.
const OBSTACLES: [(&str, &str, &str); 17] = [
    (
        r"alter table account alter password type varchar(60)",
        "UNSUPPORTED_TYPE",
        "account.password is character varying(60), not text",
    ),
    (r#"alter table "rateLimit" alter "lastRequest" type int"#, "UNSUPPORTED_TYPE", "not bigint"),
    (
        r#"alter table "user" alter image set default '', alter image set not null"#,
        "UNWRITTEN_COLUMN",
        "image",
    ),
    (r"alter table account alter scope set not null", "UNWRITTEN_COLUMN", "account.scope"),
    (
        r#"alter table "user" drop constraint user_email_key; alter table "user" add unique (email) deferrable"#,
        "NO_UNIQUE_INDEX",
        r#""user" (email)"#,
    ),
    (
        r#"alter table "user" drop name; alter table "user" add name text generated always as ('x') stored"#,
        "UNSUPPORTED_TYPE",
        r#""user".name is generated"#,
    ),
    // As a schema does that has the name of the role.
    ("create schema front; set search_path = front, public", "OTHER_SCHEMA", "schema public"),
    (r"alter table account add issuer text not null", "ISSUER_WITHOUT_DEFAULT", "--default-issuer"),
    (r#"alter table "user" add plan text not null"#, "UNWRITTEN_COLUMN", r#""user".plan"#),
    (
        r"alter table verification add origin text not null",
        "UNWRITTEN_COLUMN",
        "verification.origin",
    ),
    (
        r#"alter table "user" rename "emailVerified" to email_verified"#,
        "MISSING_COLUMNS",
        r#""emailVerified""#,
    ),
    (r"alter table session drop token", "MISSING_COLUMNS", "session has no column token"),
    (
        r#"alter table "user" drop constraint user_email_key"#,
        "NO_UNIQUE_INDEX",
        r#""user" (email)"#,
    ),
    (
        r#"alter table "rateLimit" drop constraint "rateLimit_key_key""#,
        "NO_UNIQUE_INDEX",
        r#""rateLimit" (key)"#,
    ),
    (
        r#"alter table "user" alter "emailVerified" type int using 1"#,
        "UNSUPPORTED_TYPE",
        r#""user"."emailVerified" is integer, not boolean"#,
    ),
    (
        r#"alter table "rateLimit" alter id type int using 1"#,
        "UNSUPPORTED_IDS",
        r#"integer ("rateLimit".id)"#,
    ),
    (
        r#"drop table "user" cascade; create table auth_users (id text); create table auth_sessions (id text);
           create table auth_accounts (id text)"#,
        "OTHER_TABLE_NAMES",
        "auth_users",
    ),
];

#[tokio::test]
async fn what_cant_be_served_is_refused_before_anything_is_touched() {
    for (done, code, named) in OBSTACLES {
        let mut foreign = Foreign::ours(done).await;
        // What is missing would be made.
        sqlx::raw_sql("drop table latchkey_outbox; delete from _sqlx_migrations")
            .execute(&mut foreign.connection)
            .await
            .unwrap();
        let before = foreign.shape().await;

        let report = foreign.inspect(&[]).await;
        let refused = foreign.migrate(&[], Consent::default()).await.unwrap_err();

        assert!(!report.is_ready && report.changes.is_empty(), "{done}: {report}");
        assert_eq!(codes(&report, Level::Error), [code], "{done}: {report}");
        assert!(report.to_string().contains(named), "{named}: {report}");
        assert!(refused.to_string().contains(named), "{named}: {refused}");
        assert_eq!(foreign.shape().await, before, "{done}");
    }
}

#[tokio::test]
async fn the_issuer_gets_a_default_on_the_operators_word_alone() {
    let mut foreign = Foreign::ours(
        r#"alter table account add issuer text not null;
           create unique index "account_issuer_accountId_uidx" on account (issuer, "accountId")"#,
    )
    .await;

    foreign.migrate(&[], Consent { default_issuer: true }).await.unwrap();

    assert!(foreign.inspect(&[]).await.is_ready);
    let pool = Pool::new(foreign.database.options(), 1);
    let Foreign { connection, database } = foreign;
    connection.close().await.unwrap();
    let app = TestApp::over(database, pool, &[]);
    app.sign_up("ada@example.com").await;
    assert_eq!(app.text("select issuer from account").await, "local:credential");
    assert_eq!(app.sign_in("ada@example.com", "correct horse").await.status, 200);
}

#[tokio::test]
async fn a_required_column_is_fine_once_a_setting_writes_it() {
    let declared = |rule: &str| format!(r#"{{"plan":{{"type":"string",{rule}}}}}"#);
    for (rule, is_ready) in [
        (r#""required":true"#, true),
        (r#""required":false,"defaultValue":"free""#, true),
        (r#""required":false"#, false),
    ] {
        let mut foreign = Foreign::ours(r#"alter table "user" add plan text not null"#).await;

        let report = foreign.inspect(&[("USER_FIELDS", &declared(rule))]).await;

        assert_eq!(report.is_ready, is_ready, "{rule}: {report}");
    }
}

/// A user, and her password.
const ADA: &str = r#"
    insert into "user" (id, name, email, "emailVerified") values ('ada', 'Ada', 'ada@example.com', true);
    insert into account (id, "accountId", "providerId", "userId", password, "updatedAt")
    values ('a', 'ada', 'credential', 'ada', '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy', now());"#;

/// What was done beside Ada, the level and code of what is found, and how many it is about.
const FINDINGS: [(&str, Level, &str, i64); 18] = [
    (
        r#"alter table "user" alter name drop not null; update "user" set name = null"#,
        Level::Error,
        "INCOMPLETE_USERS",
        1,
    ),
    // With `secondaryStorage` there is none.
    (
        r#"drop table session; alter table "user" add "twoFactorEnabled" boolean default true"#,
        Level::Error,
        "SECOND_FACTOR",
        1,
    ),
    (
        r#"alter table "user" add banned boolean default true, add "banExpires" text default 'whenever'"#,
        Level::Error,
        "BANNED_USERS",
        1,
    ),
    (
        r#"insert into "user" (id, name, email, "emailVerified") values ('2', '', 'ADA@example.com', true)"#,
        Level::Warning,
        "ADDRESSES_BY_CASE",
        1,
    ),
    (r#"update "user" set email = 'Ada@example.com'"#, Level::Warning, "ADDRESSES_NOT_LOWER", 1),
    (
        r#"insert into account (id, "accountId", "providerId", "userId", "updatedAt")
           values ('b', 'g', 'google', 'ada', now()), ('c', 'g', 'google', 'ada', now())"#,
        Level::Warning,
        "DUPLICATE_ACCOUNTS",
        1,
    ),
    (
        r#"insert into account (id, "accountId", "providerId", "userId", "updatedAt")
           values ('b', 'g', 'google', 'ada', now()), ('c', 'h', 'github', 'ada', now())"#,
        Level::Warning,
        "SOCIAL_ACCOUNTS",
        2,
    ),
    (
        r#"insert into account (id, "accountId", "providerId", "userId", password, "updatedAt")
           values ('b', 'ada', 'credential', 'ada', 'x', now())"#,
        Level::Warning,
        "SEVERAL_PASSWORDS",
        1,
    ),
    (
        r#"update account set "accountId" = 'ada@example.com'"#,
        Level::Warning,
        "PASSWORD_OF_NOBODY",
        1,
    ),
    (r"update account set password = null", Level::Note, "USERS_WITHOUT_PASSWORD", 1),
    (r"update account set password = 'md5:0123'", Level::Warning, "UNREADABLE_HASHES", 1),
    (r"select", Level::Note, "NO_WAY_BACK", 1),
    (
        r#"insert into session (id, token, "expiresAt", "updatedAt", "userId")
           values ('s', 't', '2026-01-01Z', now(), 'ada'), ('r', 'u', '2999-01-01Z', now(), 'ada')"#,
        Level::Note,
        "EXPIRED_ROWS",
        1,
    ),
    (
        r#"insert into session (id, token, "expiresAt", "updatedAt", "userId")
           values ('s', 't', '2026-01-01Z', now(), 'ada'), ('r', 'u', '2999-01-01Z', now(), 'ada')"#,
        Level::Note,
        "SESSIONS_IN_CLEAR",
        1,
    ),
    (
        r#"insert into verification (id, identifier, value, "expiresAt")
           values ('v', 'reset-password:abc', 'ada', '2999-01-01Z'), ('w', 'delete-account-abc', 'ada', '2999-01-01Z'),
                  ('x', 'reset-password:xyz', 'ada', '2026-01-01Z'), ('y', 'auth-state:xyz', '{}', '2999-01-01Z')"#,
        Level::Note,
        "LINKS_IN_CLEAR",
        2,
    ),
    (
        r#"insert into account (id, "accountId", "providerId", "userId", "accessToken", "idToken", "updatedAt")
           values ('b', 'g', 'google', 'ada', 'ya29.secret', 'ey.a.b', now()),
                  ('c', 'h', 'google', 'ada', '0123456789abcdef', 'ey.a.b', now()),
                  ('d', 'i', 'google', 'ada', '$ba$1$0123456789abcdef', null, now())"#,
        Level::Note,
        "TOKENS_IN_CLEAR",
        1,
    ),
    (
        r#"alter table "user" add "twoFactorEnabled" boolean; update "user" set "twoFactorEnabled" = true"#,
        Level::Error,
        "SECOND_FACTOR",
        1,
    ),
    (
        r#"alter table "user" add banned boolean, add "banExpires" timestamptz;
           insert into "user" (id, name, email, "emailVerified", banned, "banExpires")
           values ('f', '', 'f@example.com', true, true, null), ('t', '', 't@example.com', true, true, '2999-01-01Z'),
                  ('p', '', 'p@example.com', true, true, '2026-01-01Z'), ('n', '', 'n@example.com', true, false, null),
                  ('o', '', 'o@example.com', true, true, null)"#,
        Level::Error,
        "BANNED_USERS",
        3,
    ),
];

#[tokio::test]
async fn each_finding_counts_what_it_is_about() {
    for (done, level, code, about) in FINDINGS {
        let mut foreign = Foreign::ours(ADA).await;
        let quiet = foreign.inspect(&[]).await;
        sqlx::raw_sql(done).execute(&mut foreign.connection).await.unwrap();

        let report = foreign.inspect(&[]).await;

        assert_eq!(count(&report, code), Some(about), "{code}: {report}");
        assert!(codes(&report, level).contains(&code), "{code}: {report}");
        assert_eq!(report.is_ready, level != Level::Error, "{code}");
        assert!(code == "NO_WAY_BACK" || count(&quiet, code).is_none(), "{code}: {quiet}");
        let shown = serde_json::to_string(&report).unwrap() + &report.to_string();
        for secret in ["ya29", "N9qo8uLO", "ada@example.com", "reset-password:"] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }
}

#[tokio::test]
async fn the_cures_that_are_statements_mend_it() {
    for code in
        ["ADDRESSES_NOT_LOWER", "PASSWORD_OF_NOBODY", "SEVERAL_PASSWORDS", "INCOMPLETE_USERS"]
    {
        let (done, ..) = FINDINGS.iter().find(|(_, _, other, _)| *other == code).unwrap();
        let mut foreign = Foreign::ours(ADA).await;
        sqlx::raw_sql(done).execute(&mut foreign.connection).await.unwrap();
        let report = foreign.inspect(&[]).await;
        let cure = &report.findings.iter().find(|finding| finding.code == code).unwrap().cure;
        let statements =
            cure.find("update ").or_else(|| cure.find("delete ")).map(|at| &cure[at..]).unwrap();

        sqlx::raw_sql(statements).execute(&mut foreign.connection).await.unwrap();

        assert_eq!(count(&foreign.inspect(&[]).await, code), None, "{statements}");
    }
}

#[tokio::test]
async fn keys_that_do_not_cascade_are_mended_so_that_users_can_be_deleted() {
    for done in [
        r#"alter table account drop constraint "account_userId_fkey""#,
        r#"alter table account drop constraint "account_userId_fkey";
           alter table account add constraint "accountUser" foreign key ("userId") references "user" (id)"#,
    ] {
        let mut foreign = Foreign::ours(&format!("{ADA} {done}")).await;
        let report = foreign.inspect(&[]).await;
        let found = report.findings.iter().find(|finding| finding.code == "NO_CASCADE").unwrap();

        let statements = format!(r#"{}; delete from "user""#, found.cure);
        sqlx::raw_sql(&statements).execute(&mut foreign.connection).await.unwrap();

        let left: i64 = sqlx::query_scalar("select count(*) from account")
            .fetch_one(&mut foreign.connection)
            .await
            .unwrap();
        assert_eq!(left, 0, "{}", found.cure);
        assert!(!codes(&foreign.inspect(&[]).await, Level::Warning).contains(&"NO_CASCADE"));
    }
}

#[tokio::test]
async fn the_dummy_hash_is_to_be_the_commonest() {
    const SCRYPT: &str = "99f6f090a2cdf314730daa40d7202fac:7866c6369790cdeb314a85ef8d78b3746981b7195c38f512b120edb978962a0f27a78d19b78b472909a1e936d12069806410a473bec8903de0844d6b33d3a7f9";
    let mut foreign = Foreign::ours(ADA).await;
    let more = format!(
        r#"insert into "user" (id, name, email, "emailVerified")
           select id, '', id || '@example.com', true from unnest(array['b', 'c', 'd', 'e']) as id;
           insert into account (id, "accountId", "providerId", "userId", password, "updatedAt")
           select id, id, 'credential', id, '{SCRYPT}', now() from "user" where id in ('b', 'c');
           insert into account (id, "accountId", "providerId", "userId", password, "updatedAt")
           select id, id, 'credential', id, 'unreadable', now() from "user" where id in ('d', 'e')"#
    );
    sqlx::raw_sql(&more).execute(&mut foreign.connection).await.unwrap();

    let report = foreign.inspect(&[]).await;

    let database = report.database.as_ref().unwrap();
    let counts: Vec<_> = database
        .password_hashes
        .iter()
        .map(|count| (count.format.as_deref(), count.accounts))
        .collect();
    assert_eq!(counts, [(None, 2), (Some("scrypt"), 2), (Some("bcrypt:cost=10"), 1)]);
    assert_eq!(database.dummy_hash.as_deref(), Some("scrypt"));
    assert!(codes(&report, Level::Warning).contains(&"DUMMY_HASH"), "{report}");
    for as_recommended in [("DUMMY_HASH", "scrypt"), ("PASSWORD_HASH", "scrypt")] {
        let report = foreign.inspect(&[as_recommended]).await;
        assert!(!codes(&report, Level::Warning).contains(&"DUMMY_HASH"), "{report}");
    }
}

#[tokio::test]
async fn settings_count_as_well() {
    let pages =
        [("PUBLIC_URL", "https://auth.example.org"), ("CORS_ORIGIN", "https://app.example.com")];
    let mut ours = Foreign::ours("").await;

    let report = ours.inspect(&pages).await;

    assert_eq!(codes(&report, Level::Error), ["COOKIES"]);
    let alone = inspect::inspect(&config(&pages), None, START).await.unwrap();
    assert!(!alone.is_ready && alone.database.is_none(), "{alone}");
}

#[tokio::test]
async fn who_may_only_read_may_inspect() {
    let mut ours = Foreign::ours(ADA).await;
    let name = format!("reader_{}", shared::token::random().to_lowercase());
    let role =
        format!("create role {name} login password 'reader'; grant pg_read_all_data to {name}");
    sqlx::raw_sql(&role).execute(&mut ours.connection).await.unwrap();
    let options = ours.database.direct_options().username(&name).password("reader");
    let mut reader = options.connect().await.unwrap();

    let report = inspect::inspect(&config(&[]), Some(&mut reader), START).await.unwrap();

    assert_eq!(report.database.unwrap().users.unwrap().all, 1);
    reader.close().await.unwrap();
    sqlx::raw_sql(&format!("drop owned by {name}; drop role {name}"))
        .execute(&mut ours.connection)
        .await
        .unwrap();
}

#[tokio::test]
async fn databases_of_other_releases_are_known() {
    for known in databases::ALL {
        let mut foreign = Foreign::with(&databases::sql(known.file)).await;
        let before = foreign.shape().await;

        let report = foreign.inspect(known.settings).await;

        let database = report.database.as_ref().unwrap();
        assert_eq!(database.made_by, known.made_by, "{}: {report}", known.file);
        assert_eq!(database.ids.as_deref(), known.ids, "{}", known.file);
        assert_eq!(codes(&report, Level::Error), known.errors, "{}: {report}", known.file);
        assert_eq!(foreign.shape().await, before, "{}", known.file);
        if known.errors.is_empty() {
            announced_is_done(&mut foreign, &report, known.settings).await;
        } else {
            let declared: Declared = config(known.settings).fields;
            let refused = migrate(&mut foreign.connection, &declared, Consent::default()).await;
            assert_eq!(refused.is_err(), known.is_refused, "{}", known.file);
        }
    }
}
