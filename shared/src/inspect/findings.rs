//! What follows from the facts.

use super::Level::{Error, Note, Warning};
use super::changes::INDEXES;
use super::{Facts, Finding};
use crate::config::Config;
use crate::db::schema::{Column, quoted};
use crate::password::NewHash;

/// From so many rows on, making an index is a wait that somebody notices.
const MANY_ROWS: i64 = 100_000;

/// All but those of the settings alone.
pub(super) fn of(facts: &Facts, config: &Config) -> Vec<Finding> {
    let mut found: Vec<_> = facts.obstacles.iter().map(Finding::of_obstacle).collect();
    found.extend(plugins(facts));
    found.extend(addresses(facts));
    found.extend(accounts(facts));
    found.extend(passwords(facts, config));
    found.extend(tables(facts));
    found.extend(ended(facts));
    found.extend(in_clear(facts, config));
    found
}

/// Better Auth's plugins guard some users; Latchkey has none of them, and would let these in.
fn plugins(facts: &Facts) -> Vec<Finding> {
    let second_factor = Finding::about(
        (
            "users with a second factor (Better Auth's plugin twoFactor)",
            facts.guarded.second_factor,
        ),
        Error,
        "SECOND_FACTOR",
        "Latchkey asks for none: the password alone would sign them in",
        "Keep Better Auth in front of these users until Latchkey has second factors",
    );
    let banned = Finding::about(
        ("banned users (Better Auth's plugin admin)", facts.guarded.banned),
        Error,
        "BANNED_USERS",
        "Latchkey does not look at bans: it would let them in, and a reset link makes a password for those who have none",
        "Keep Better Auth in front until Latchkey has bans, or delete these users",
    );
    [second_factor, banned].into_iter().flatten().collect()
}

fn addresses(facts: &Facts) -> Vec<Finding> {
    let Some(users) = &facts.database.users else { return Vec::new() };
    let shared = Finding::about(
        ("addresses of several users who differ by case alone", users.shared_addresses),
        Warning,
        "ADDRESSES_BY_CASE",
        "Who asks for such an address gets the user who has it in lower case, at Better Auth as well, or \
         nobody",
        "List them: select lower(email), array_agg(id order by \"createdAt\") from \"user\" group by 1 having \
         count(*) > 1. Decide who is meant to have each, and change or delete the others",
    );
    let not_lower = Finding::about(
        ("users with capitals in their address", users.not_lower),
        Warning,
        "ADDRESSES_NOT_LOWER",
        "Neither Latchkey nor Better Auth finds them by it, so they can't sign in",
        "update \"user\" u set email = lower(email) where email <> lower(email) and not exists (select from \
         \"user\" o where o.id <> u.id and lower(o.email) = lower(u.email))",
    );
    let incomplete = Finding::about(
        ("users without a name, an address or an instant", users.incomplete),
        Error,
        "INCOMPLETE_USERS",
        "They would be taken for nobody: no session, no sign-in",
        "Delete those without an address, and: update \"user\" set name = coalesce(name, ''), \"emailVerified\" = \
         coalesce(\"emailVerified\", false), \"createdAt\" = coalesce(\"createdAt\", now()), \"updatedAt\" = \
         coalesce(\"updatedAt\", now())",
    );
    [shared, not_lower, incomplete].into_iter().flatten().collect()
}

fn accounts(facts: &Facts) -> Vec<Finding> {
    let Some(accounts) = facts.accounts else { return Vec::new() };
    let social: i64 = facts.database.providers.values().sum();
    let duplicates = Finding::about(
        (
            "pairs of \"providerId\" and \"accountId\" in several rows of account",
            accounts.duplicates,
        ),
        Warning,
        "DUPLICATE_ACCOUNTS",
        "Better Auth refuses a sign-in that finds two",
        "List them: select \"providerId\", \"accountId\", array_agg(\"userId\") from account group by 1, 2 having \
         count(*) > 1. Delete those that are not the user's",
    );
    let several = Finding::about(
        ("users with several passwords", accounts.several_passwords),
        Warning,
        "SEVERAL_PASSWORDS",
        "The oldest account's counts",
        "Delete the others: delete from account a using account b where a.\"providerId\" = 'credential' and \
         b.\"providerId\" = 'credential' and a.\"userId\" = b.\"userId\" and a.\"createdAt\" > b.\"createdAt\"",
    );
    let unreachable = Finding::about(
        (
            "accounts with a password whose \"accountId\" is not the user's id",
            accounts.unreachable_passwords,
        ),
        Warning,
        "PASSWORD_OF_NOBODY",
        "The password signs nobody in, at Better Auth as well",
        "update account set \"accountId\" = \"userId\" where \"providerId\" = 'credential' and \"accountId\" <> \
         \"userId\"",
    );
    let social = Finding::about(
        ("accounts of social providers", social),
        Warning,
        "SOCIAL_ACCOUNTS",
        "Latchkey has no sign-in for them yet: their sessions go on, and these users sign in with a password, \
         where they have one",
        "Leave /sign-in/social and /callback/* with Better Auth, which may serve beside Latchkey; or let users \
         set a password with a reset link",
    );
    let without = Finding::about(
        ("users without a password that is looked at", accounts.users_without_password),
        Note,
        "USERS_WITHOUT_PASSWORD",
        "A reset link gives one to those who have no account of a password at all",
        "",
    );
    [duplicates, several, unreachable, social, without].into_iter().flatten().collect()
}

/// Formats of hashes: what the way back is worth, and how unknown users look.
fn passwords(facts: &Facts, config: &Config) -> Vec<Finding> {
    let hashes = &facts.database.password_hashes;
    let sum = |is_meant: &dyn Fn(Option<&str>) -> bool| {
        hashes
            .iter()
            .filter(|count| is_meant(count.format.as_deref()))
            .map(|count| count.accounts)
            .sum()
    };
    let unreadable = Finding::about(
        (
            "password hashes that can't be read, or would take more memory or time than is spent on one",
            sum(&|format| format.is_none()),
        ),
        Warning,
        "UNREADABLE_HASHES",
        "Their users can't sign in",
        "docs/TAKEOVER.md lists the formats; a reset link gives these users a new password",
    );
    let not_better_auths = Finding::about(
        (
            "password hashes that Better Auth can't read",
            sum(&|format| format.is_some_and(|format| format != "scrypt")),
        ),
        Note,
        "NO_WAY_BACK",
        "It answers these users' sign-ins with a 500",
        "With PASSWORD_HASH=scrypt each sign-in at Latchkey makes such a hash Better Auth's",
    );
    let better_auths: i64 = sum(&|format| format == Some("scrypt"));
    let way_back = (better_auths > 0 && not_better_auths.is_none()).then(|| {
        let cure = match config.passwords.new_hash {
            NewHash::BetterAuth => "PASSWORD_HASH=scrypt keeps it so",
            NewHash::Argon2id { .. } => {
                "Keep it so with PASSWORD_HASH=scrypt. Without it, which is the point of no return, each \
                 sign-in makes a hash argon2id, and that user can't sign in at Better Auth any more"
            }
        };
        let message =
            "every password hash that can be read is Better Auth's: it can take the database back";
        Finding::new(Note, "WAY_BACK_OPEN", message, cure)
    });
    [unreadable, dummy(facts, config), not_better_auths, way_back].into_iter().flatten().collect()
}

/// Whoever may ask how long a sign-in takes can tell an address that is known from one that is not.
fn dummy(facts: &Facts, config: &Config) -> Option<Finding> {
    let commonest = facts.database.dummy_hash.as_ref()?;
    let dummy = config.passwords.dummy().to_string();
    (*commonest != dummy).then(|| {
        let message = format!(
            "most passwords are {commonest}, and a sign-in with an unknown address computes {dummy}: the time it \
             takes tells the one from the other"
        );
        let cure = format!("DUMMY_HASH={commonest}, until most are upgraded");
        Finding::new(Warning, "DUMMY_HASH", &message, &cure)
    })
}

fn tables(facts: &Facts) -> Vec<Finding> {
    let schema = &facts.schema;
    let mut found = Vec::new();
    for table in ["session", "account"].iter().filter(|table| schema.is_readable(table)) {
        let references = &schema.tables[*table].references;
        let of_user: Vec<_> =
            references.iter().filter(|reference| reference.column == "userId").collect();
        if of_user.iter().any(|reference| reference.cascades) {
            continue;
        }
        let message =
            format!("{table}.\"userId\" does not cascade: deleting a user fails, or leaves rows");
        // Beside a key that forbids it, one that cascades would not do.
        let dropped = of_user.iter().fold(String::new(), |dropped, reference| {
            dropped + "drop constraint " + &quoted(&reference.name) + ", "
        });
        let cure = format!(
            "alter table {table} {dropped}add foreign key (\"userId\") references \"user\" (id) on delete cascade"
        );
        found.push(Finding::new(Warning, "NO_CASCADE", &message, &cure));
    }
    if schema.is_readable("session") && !schema.tables["session"].is_unique(&["token"]) {
        let cure = "create unique index concurrently \"session_token_key\" on session (token)";
        let message = "session.token has no unique index: each request reads the whole table";
        found.push(Finding::new(Warning, "NO_TOKEN_INDEX", message, cure));
    }
    let missing: Vec<_> = INDEXES
        .iter()
        .filter(|(_, table, column)| {
            schema.is_readable(table) && !schema.tables[*table].is_indexed(&[column])
        })
        .collect();
    if !missing.is_empty() {
        let names: Vec<_> = missing.iter().map(|(name, ..)| format!("\"{name}\"")).collect();
        let message = format!("no index {}; `migrate` makes them", names.join(", "));
        let rows = facts.database.sessions.iter().chain(&facts.database.verifications);
        let many = rows.map(|rows| rows.all).chain(facts.database.accounts).max().unwrap_or(0);
        let (level, cure) = if many < MANY_ROWS {
            (Note, String::new())
        } else {
            let statement = |(name, table, column): &&(&str, &str, &str)| {
                format!("create index concurrently \"{name}\" on {table} ({})", quoted(column))
            };
            let statements: Vec<_> = missing.iter().map(statement).collect();
            let why = "Nothing can be written meanwhile. Make them before, while all goes on";
            (Warning, format!("{why}: {}", statements.join("; ")))
        };
        found.push(Finding::new(level, "MISSING_INDEXES", &message, &cure));
    }
    let mut columns = schema.tables.values().flat_map(|table| table.columns.values());
    if columns.any(Column::is_without_zone) {
        found.push(Finding::new(
            Note,
            "TIMES_WITHOUT_ZONE",
            "instants are without a zone: Latchkey reads and writes them as UTC",
            "Better Auth's process has to run in UTC as well (TZ=UTC), as it does on most servers",
        ));
    }
    found
}

fn ended(facts: &Facts) -> Vec<Finding> {
    let expired = |rows: Option<super::Ending>| rows.map_or(0, |rows| rows.expired);
    let (sessions, verifications) =
        (expired(facts.database.sessions), expired(facts.database.verifications));
    let of =
        format!("rows that have ended ({sessions} of session, {verifications} of verification)");
    let rows = Finding::about(
        (&of, sessions + verifications),
        Note,
        "EXPIRED_ROWS",
        "`cleanup` deletes them, or the local server within the hour",
        "",
    );
    rows.into_iter().collect()
}

fn in_clear(facts: &Facts, config: &Config) -> Vec<Finding> {
    let links = facts.links_in_clear;
    let links = (!config.verification.hashes_identifiers)
        .then(|| {
            Finding::about(
        ("open links of mails with their token in clear", links),
        Note,
        "LINKS_IN_CLEAR",
        "Who reads the table can reset these passwords, and delete these users",
                "Once Better Auth is told the same (verification.storeIdentifier: \"hashed\"), or is gone: \
                 STORE_IDENTIFIER=hashed. Open links go on",
            )
        })
        .flatten();
    let tokens = Finding::about(
        ("accounts with a provider's token in clear", facts.tokens_in_clear),
        Note,
        "TOKENS_IN_CLEAR",
        "Who reads the table can use it",
        "Better Auth's account.encryptOAuthTokens encrypts new ones. Latchkey uses none of them",
    );
    let live = facts.database.sessions.map_or(0, |rows| rows.all - rows.expired);
    let sessions = Finding::about(
        ("live sessions with their token in clear, as Better Auth has them", live),
        Note,
        "SESSIONS_IN_CLEAR",
        "Who reads the table still needs the secret for a cookie",
        "With BEARER_REQUIRE_SIGNATURE=true the token alone is no bearer token either",
    );
    [links, tokens, sessions].into_iter().flatten().collect()
}
