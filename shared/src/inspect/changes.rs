//! What `migrate` would change.

use super::Facts;
use crate::config::Config;
use crate::db::schema::{TABLES, quoted};

/// Latchkey's own tables.
const OWN_TABLES: [&str; 2] = ["_sqlx_migrations", "latchkey_outbox"];
/// Latchkey's functions in the database.
const FUNCTIONS: [&str; 2] = ["latchkey_count", "latchkey_end_sessions"];

/// In the order in which it would happen; nothing where something stands in the way, since nothing is
/// touched then.
pub(super) fn of(facts: &Facts, config: &Config) -> Vec<String> {
    let schema = &facts.schema;
    if !facts.obstacles.is_empty() {
        return Vec::new();
    }
    let mut changes = Vec::new();
    for table in TABLES.iter().filter(|table| schema.table(table).is_none()) {
        changes.push(format!("create table {}", quoted(table)));
    }
    for table in OWN_TABLES.iter().filter(|table| !schema.others.contains(**table)) {
        changes.push(format!("create table {table}"));
    }
    for (name, table, column) in INDEXES {
        let is_there = schema
            .table(table)
            .is_some_and(|table| table.indexes.iter().any(|index| index.name == name));
        if !is_there {
            changes.push(format!(
                "create index \"{name}\" on {} ({})",
                quoted(table),
                quoted(column)
            ));
        }
    }
    for function in FUNCTIONS.iter().filter(|function| !schema.functions.contains(**function)) {
        changes.push(format!("create function {function}"));
    }
    for (table, fields) in [("user", &config.fields.user), ("session", &config.fields.session)] {
        for column in fields.names().filter(|column| schema.column(table, column).is_none()) {
            changes.push(format!("add column \"{column}\" to {}", quoted(table)));
        }
    }
    changes
}

/// The secondary indexes: name, table and column.
pub(super) const INDEXES: [(&str, &str, &str); 5] = [
    ("session_userId_idx", "session", "userId"),
    ("account_userId_idx", "account", "userId"),
    ("verification_identifier_idx", "verification", "identifier"),
    ("session_expiresAt_idx", "session", "expiresAt"),
    ("verification_expiresAt_idx", "verification", "expiresAt"),
];
