//! Databases that others made: the files of `tests/databases`.

use shared::inspect::MadeBy;

/// Tables, columns, constraints, indexes and functions, a line each, in the words of `inspect`.
pub const SHAPE: &str = r#"
    select string_agg(line, e'\n' order by line) from (
      select format('table %I', tablename) as line from pg_tables where schemaname = 'public'
      union all
      select format('column "%s" to %I %s %s %s', column_name, table_name, data_type, is_nullable, column_default)
        from information_schema.columns where table_schema = 'public'
      union all
      select format('constraint %I on %s %s', conname, conrelid::regclass, pg_get_constraintdef(oid))
        from pg_constraint where connamespace = 'public'::regnamespace
      union all
      select format('index "%s" on %I %s %s', indexname, tablename, substring(indexdef from '\(.*$'), indexdef)
        from pg_indexes where schemaname = 'public'
      union all
      select format('function %s %s', proname, md5(prosrc)) from pg_proc where pronamespace = 'public'::regnamespace
    ) lines"#;

/// One of them, and what is to be said of it.
pub struct Known {
    /// In `tests/databases`, without `.sql`.
    pub file: &'static str,
    /// As `inspect` says it.
    pub made_by: MadeBy,
    /// The type of ids.
    pub ids: Option<&'static str>,
    /// With which Latchkey would serve it.
    pub settings: &'static [(&'static str, &'static str)],
    /// The codes of what stands in the way.
    pub errors: &'static [&'static str],
    /// Whether `migrate` refuses it.
    pub is_refused: bool,
}

/// One that can be served.
const fn served(file: &'static str, made_by: MadeBy) -> Known {
    Known { file, made_by, ids: Some("text"), settings: &[], errors: &[], is_refused: false }
}

/// One that can't, as it is.
const fn refused(file: &'static str, made_by: MadeBy, errors: &'static [&'static str]) -> Known {
    Known { errors, is_refused: true, ..served(file, made_by) }
}

/// The text of one.
pub fn sql(file: &str) -> String {
    let path = format!("{}/databases/{file}.sql", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every one of them.
pub const ALL: &[Known] = &[
    served("better-auth-1.6", MadeBy::BetterAuth),
    served("better-auth-1.7.25", MadeBy::BetterAuth),
    served("better-auth-1.7.25-rate-limit", MadeBy::BetterAuth),
    served("better-auth-secondary-storage", MadeBy::BetterAuth),
    served("older", MadeBy::OrmOrOlder),
    served("drizzle", MadeBy::OrmOrOlder),
    served("prisma", MadeBy::OrmOrOlder),
    refused("better-auth-1.7.0", MadeBy::BetterAuth170To172, &["ISSUER_WITHOUT_DEFAULT"]),
    refused("better-auth-1.7.2", MadeBy::BetterAuth170To172, &["ISSUER_WITHOUT_DEFAULT"]),
    Known {
        ids: Some("uuid"),
        ..refused("better-auth-uuid", MadeBy::BetterAuth, &["UNSUPPORTED_IDS"])
    },
    Known {
        ids: Some("integer"),
        ..refused("better-auth-serial", MadeBy::BetterAuth, &["UNSUPPORTED_IDS"])
    },
    refused(
        "better-auth-plugins",
        MadeBy::BetterAuth,
        &["UNWRITTEN_COLUMN", "SECOND_FACTOR", "BANNED_USERS"],
    ),
    // With the setting, what plugins guard is left, which `migrate` does not look at.
    Known {
        settings: &[(
            "USER_FIELDS",
            r#"{"tenant":{"type":"string"},"theme":{"type":"string","required":false}}"#,
        )],
        is_refused: false,
        ..refused("better-auth-plugins", MadeBy::BetterAuth, &["SECOND_FACTOR", "BANNED_USERS"])
    },
    refused(
        "drizzle-snake",
        MadeBy::OrmOrOlder,
        &["MISSING_COLUMNS", "MISSING_COLUMNS", "MISSING_COLUMNS", "MISSING_COLUMNS"],
    ),
    Known { ids: None, ..refused("drizzle-plural-snake", MadeBy::Nobody, &["OTHER_TABLE_NAMES"]) },
];
