//! Why a database can't be served as it is.

use super::{Column, Schema, Table};
use crate::additional::{AdditionalFields, Declared};

/// The default that `account.issuer` is given: what Better Auth 1.7.0 to 1.7.2 write for a password.
pub const ISSUER_OF_PASSWORDS: &str = "local:credential";

/// The fewest characters that a column of ids, tokens or addresses may be limited to: ours have 32.
const ID_CHARS: usize = 32;
/// The fewest for other texts: hashes, the identifiers of tokens, what browsers say of themselves.
const TEXT_CHARS: usize = 255;

/// What a statement of ours needs of a column.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Id,
    Text,
    /// A text that may be left out.
    Nullable,
    Instant,
    Flag,
    Number,
    /// Milliseconds since 1970.
    Millis,
}

use Kind::{Flag, Id, Instant, Millis, Nullable, Number, Text};

/// The columns that statements of ours name, by table.
const NEEDED: [(&str, &[(&str, Kind)]); 5] = [
    (
        "user",
        &[
            ("id", Id),
            ("name", Text),
            ("email", Text),
            ("emailVerified", Flag),
            ("image", Nullable),
            ("createdAt", Instant),
            ("updatedAt", Instant),
        ],
    ),
    (
        "session",
        &[
            ("id", Id),
            ("userId", Id),
            ("token", Text),
            ("expiresAt", Instant),
            ("createdAt", Instant),
            ("updatedAt", Instant),
            ("ipAddress", Text),
            ("userAgent", Text),
        ],
    ),
    (
        "account",
        &[
            ("id", Id),
            ("userId", Id),
            ("accountId", Text),
            ("providerId", Text),
            ("password", Text),
            ("scope", Nullable),
            ("createdAt", Instant),
            ("updatedAt", Instant),
        ],
    ),
    (
        "verification",
        &[
            ("id", Id),
            ("identifier", Text),
            ("value", Text),
            ("expiresAt", Instant),
            ("createdAt", Instant),
            ("updatedAt", Instant),
        ],
    ),
    ("rateLimit", &[("id", Id), ("key", Text), ("count", Number), ("lastRequest", Millis)]),
];

/// What decides between two at once: `on conflict` needs it.
const UNIQUE: [(&str, &[&str]); 3] =
    [("user", &["email"]), ("rateLimit", &["key"]), ("account", &["id"])];

/// Something that a database has, or lacks, so that it can't be served. `Display` says what;
/// [`Obstacle::cure`] what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Obstacle {
    /// Ids that are no text: Better Auth's `generateId: "uuid"` and `"serial"`.
    #[error("ids are {kind} ({columns}); Latchkey's are text")]
    Ids {
        /// The columns' type.
        kind: String,
        /// Which, as `"user".id, session."userId"`.
        columns: String,
    },
    /// Tables as Better Auth has them, under names that an adapter made of theirs.
    #[error("it has tables {tables}, and no \"user\": they may be Better Auth's under other names")]
    OtherNames {
        /// Their names.
        tables: String,
    },
    /// A search path that finds these tables, and would make new ones in front of them.
    #[error(
        "the tables are in schema {found}, and search_path makes new ones in another, in front of it"
    )]
    OtherSchema {
        /// Where they are.
        found: String,
    },
    /// Columns that are not there, or have another name.
    #[error("{table} has no column {columns}")]
    MissingColumns {
        /// The table, quoted.
        table: String,
        /// Their names.
        columns: String,
    },
    /// A column of a type that no statement of ours can use.
    #[error("{table}.{column} is {found}, not {wanted}")]
    WrongType {
        /// The table, quoted.
        table: String,
        /// Its column, quoted.
        column: String,
        /// Its type.
        found: String,
        /// What it has to be.
        wanted: &'static str,
    },
    /// Nothing decides who gets an address, or which counter a request has.
    #[error("no unique index over {table} ({columns}) is valid")]
    NotUnique {
        /// The table, quoted.
        table: String,
        /// Its columns, quoted.
        columns: String,
    },
    /// Better Auth 1.7.0 to 1.7.2 were here.
    #[error(
        "account.issuer, which Better Auth 1.7.0 to 1.7.2 made, is required and has no default: neither \
         Latchkey nor a later Better Auth writes it"
    )]
    Issuer,
    /// A column that nobody would write.
    #[error("{table}.{column} is required and has no default, and no setting says what it holds")]
    Unwritten {
        /// The table, quoted.
        table: String,
        /// Its column, quoted.
        column: String,
        /// The setting that declares columns of this table, if one does.
        setting: Option<&'static str>,
    },
}

impl Obstacle {
    /// Stable, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Ids { .. } => "UNSUPPORTED_IDS",
            Self::OtherNames { .. } => "OTHER_TABLE_NAMES",
            Self::OtherSchema { .. } => "OTHER_SCHEMA",
            Self::MissingColumns { .. } => "MISSING_COLUMNS",
            Self::WrongType { .. } => "UNSUPPORTED_TYPE",
            Self::NotUnique { .. } => "NO_UNIQUE_INDEX",
            Self::Issuer => "ISSUER_WITHOUT_DEFAULT",
            Self::Unwritten { .. } => "UNWRITTEN_COLUMN",
        }
    }

    /// What to do.
    pub fn cure(&self) -> String {
        match self {
            Self::Ids { .. } => "Nothing was touched. Stay with Better Auth, or change the ids, and all that \
                                 refers to them, to text, and take generateId out of Better Auth's options \
                                 (docs/TAKEOVER.md)"
                .to_owned(),
            Self::OtherNames { .. } => "Rename the tables to user, session, account and verification, and \
                                        their columns to Better Auth's own, and take modelName, fields and \
                                        usePlural out of its options. If they are none of Better Auth's, \
                                        make an empty schema for Latchkey and put it first in search_path"
                .to_owned(),
            Self::OtherSchema { found } => {
                format!("Put it first, for the role of this URL: alter role … set search_path = {found}")
            }
            Self::MissingColumns { .. } => "If it has other names, rename it and take fields out of Better \
                                            Auth's options; if it is of an older release, let Better Auth \
                                            1.7.25 add it: npx better-auth migrate"
                .to_owned(),
            Self::WrongType { table, column, wanted, .. } => {
                format!("Change it: alter table {table} alter column {column} type {wanted} using …")
            }
            Self::NotUnique { table, columns } => format!(
                "Remove what is there twice, then: create unique index concurrently on {table} ({columns})"
            ),
            Self::Issuer => format!(
                "Let `latchkey migrate --default-issuer` give it one (the function migrate: \
                 {{\"defaultIssuer\": true}}), or do it yourself: alter table account alter column issuer set \
                 default '{ISSUER_OF_PASSWORDS}'"
            ),
            Self::Unwritten { table, column, setting: Some(setting) } => format!(
                "Declare it in {setting}, with a defaultValue or as required, or: alter table {table} alter \
                 column {column} set default …"
            ),
            Self::Unwritten { table, column, setting: None } => {
                format!("alter table {table} alter column {column} set default …")
            }
        }
    }
}

impl Schema {
    /// All of them, the gravest first.
    pub fn obstacles(&self, declared: &Declared) -> Vec<Obstacle> {
        let mut found: Vec<_> =
            self.other_schema().into_iter().chain(self.other_names()).chain(self.ids()).collect();
        for (name, needed) in NEEDED {
            let Some(table) = self.table(name) else { continue };
            let unfit = columns(name, table, needed);
            // Where columns are missing, those that nobody writes may well be they, under other names.
            if !unfit.iter().any(|one| matches!(one, Obstacle::MissingColumns { .. })) {
                found.extend(unwritten(name, table, needed, declared));
            }
            found.extend(unfit);
        }
        for (name, columns) in UNIQUE {
            let Some(table) = self.table(name) else { continue };
            let is_there = columns.iter().all(|column| table.columns.contains_key(*column));
            if is_there && !table.is_unique(columns) {
                let columns = list(columns.iter().copied());
                found.push(Obstacle::NotUnique { table: quoted(name), columns });
            }
        }
        found
    }

    /// Whether a table is there with all columns that statements of ours name, of types that they take,
    /// whatever its ids are.
    pub fn is_readable(&self, name: &str) -> bool {
        let needed = NEEDED.iter().filter(|(table, _)| *table == name);
        self.table(name).is_some_and(|table| {
            needed.flat_map(|(_, needed)| columns(name, table, needed)).count() == 0
        })
    }

    /// Whether all tables that are there have the columns and types of Better Auth's own migration, those
    /// of provider's tokens among them.
    pub fn is_better_auths(&self) -> bool {
        let tokens = ["accessToken", "refreshToken", "idToken"];
        let has_tokens =
            |table: &Table| tokens.iter().all(|token| table.columns.contains_key(*token));
        self.tables.iter().all(|(name, table)| {
            self.is_readable(name)
                && table.columns.values().all(Column::is_better_auths)
                && (name != "account" || has_tokens(table))
        })
    }

    /// Each kind of id that is no text, with its columns.
    fn ids(&self) -> Vec<Obstacle> {
        let mut found: Vec<(String, Vec<String>)> = Vec::new();
        for (name, needed) in NEEDED {
            let Some(table) = self.table(name) else { continue };
            for (column, _) in needed.iter().filter(|(_, kind)| *kind == Id) {
                let Some(Column { kind, .. }) =
                    table.columns.get(*column).filter(|column| !column.is_text(ID_CHARS))
                else {
                    continue;
                };
                let named = format!("{}.{}", quoted(name), quoted(column));
                match found.iter_mut().find(|(other, _)| other == kind) {
                    Some((_, columns)) => columns.push(named),
                    None => found.push((kind.clone(), vec![named])),
                }
            }
        }
        let obstacle =
            |(kind, columns): (_, Vec<_>)| Obstacle::Ids { kind, columns: columns.join(", ") };
        found.into_iter().map(obstacle).collect()
    }

    /// Postgres puts a schema named as the role before `public`, as soon as there is one.
    fn other_schema(&self) -> Option<Obstacle> {
        let found = self.elsewhere.iter().cloned().collect::<Vec<_>>().join(", ");
        (!found.is_empty()).then_some(Obstacle::OtherSchema { found })
    }

    /// Drizzle's plurals, for one.
    fn other_names(&self) -> Option<Obstacle> {
        if self.tables.contains_key("user") {
            return None;
        }
        let is_theirs = |name: &&String| {
            let name = name.to_lowercase();
            let name = name.rsplit_once('_').map_or(name.as_str(), |(_, last)| last);
            ["users", "sessions", "accounts", "session", "account"].contains(&name)
        };
        let tables: Vec<_> = self.others.iter().filter(is_theirs).cloned().collect();
        // A table of users alone is any application's.
        let has_sessions = tables.iter().any(|name| name.to_lowercase().contains("session"));
        let has_accounts = tables.iter().any(|name| name.to_lowercase().contains("account"));
        (has_sessions && has_accounts).then(|| Obstacle::OtherNames { tables: tables.join(", ") })
    }
}

/// Columns that are not there, or of another type.
fn columns(name: &str, table: &Table, needed: &[(&str, Kind)]) -> Vec<Obstacle> {
    let mut found = Vec::new();
    let mut missing = Vec::new();
    for (column, kind) in needed {
        let Some(there) = table.columns.get(*column) else {
            missing.push(*column);
            continue;
        };
        let (fits, wanted) = match kind {
            // Said once for all tables.
            Id => (true, "text"),
            Text if ["token", "email", "ipAddress"].contains(column) => {
                (there.is_text(ID_CHARS), "text")
            }
            Text | Nullable => (there.is_text(TEXT_CHARS), "text"),
            Instant => (there.is_instant(), "timestamptz"),
            Flag => (there.kind == "boolean", "boolean"),
            Number => (["integer", "bigint"].contains(&there.kind.as_str()), "bigint"),
            Millis => (there.kind == "bigint", "bigint"),
        };
        if !fits || there.is_generated {
            found.push(Obstacle::WrongType {
                table: quoted(name),
                column: quoted(column),
                found: if there.is_generated { "generated".into() } else { there.kind.clone() },
                wanted,
            });
        }
    }
    if !missing.is_empty() {
        let columns = list(missing.into_iter());
        found.insert(0, Obstacle::MissingColumns { table: quoted(name), columns });
    }
    found
}

/// Columns that an insert has to write and none of ours does.
fn unwritten(
    name: &str,
    table: &Table,
    needed: &[(&str, Kind)],
    declared: &Declared,
) -> Vec<Obstacle> {
    let (fields, setting): (Option<&AdditionalFields>, _) = match name {
        "user" => (Some(&declared.user), Some("USER_FIELDS")),
        "session" => (Some(&declared.session), Some("SESSION_FIELDS")),
        _ => (None, None),
    };
    let is_written = |column: &str| {
        needed.iter().any(|(name, kind)| *name == column && *kind != Nullable)
            || fields.is_some_and(|fields| fields.always_writes(column))
    };
    // An image that is none is written as null, whatever the default.
    let may_be_left_out = |column: &str, facts: &Column| facts.has_default && column != "image";
    let open = table.columns.iter().filter(|(column, facts)| {
        facts.is_required && !may_be_left_out(column, facts) && !is_written(column)
    });
    open.map(|(column, _)| match (name, column.as_str()) {
        ("account", "issuer") => Obstacle::Issuer,
        _ => Obstacle::Unwritten { table: quoted(name), column: quoted(column), setting },
    })
    .collect()
}

fn list<'a>(columns: impl Iterator<Item = &'a str>) -> String {
    columns.map(quoted).collect::<Vec<_>>().join(", ")
}

/// A name as SQL takes it: in quotes where it has capitals, or is a word of SQL's own.
pub fn quoted(name: &str) -> String {
    let is_plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if is_plain && name != "user" {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}
