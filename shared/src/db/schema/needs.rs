//! What statements of ours need of Better Auth's tables, and where a database falls short of it.

use super::{Column, Obstacle, Schema, Table, quoted};
use crate::additional::{AdditionalFields, Declared};

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
