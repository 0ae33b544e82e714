//! Statements with the columns of additional fields.

use sqlx::postgres::PgArguments;
use sqlx::{Execute, Postgres};

use crate::additional::Declared;

/// A checked statement, with the additional columns put where its comments say:
///
/// | comment | becomes |
/// | --- | --- |
/// | `/*+user*/` | `, "role"`: columns of an insert |
/// | `/*=user*/` | `, user_fields."role"`: their values |
/// | `/*~user*/` | `, "role" = user_fields."role"` for each name in `changed`: an update |
///
/// and the same for `session`. In the statement `user_fields` is a
/// `jsonb_populate_record(null::"user", $n)`. The macro has checked all but these columns, whose
/// names the settings have checked; without additional fields the text is the macro's own.
pub(super) fn with_columns<'q>(
    mut statement: impl Execute<'q, Postgres>,
    declared: &Declared,
    changed: &[&str],
) -> sqlx::Result<(String, PgArguments)> {
    let arguments = statement.take_arguments().map_err(sqlx::Error::Encode)?.unwrap_or_default();
    let mut text = statement.sql().to_owned();
    for (table, fields) in [("user", &declared.user), ("session", &declared.session)] {
        let columns = |names: &mut dyn Iterator<Item = &str>, column: &dyn Fn(&str) -> String| {
            names.fold(String::new(), |list, name| list + ", " + &column(name))
        };
        let names = columns(&mut fields.names(), &|name| format!("\"{name}\""));
        let values = columns(&mut fields.names(), &|name| format!("{table}_fields.\"{name}\""));
        let assigned = columns(&mut changed.iter().copied(), &|name| {
            format!("\"{name}\" = {table}_fields.\"{name}\"")
        });
        text = text
            .replace(&format!("/*+{table}*/"), &names)
            .replace(&format!("/*={table}*/"), &values)
            .replace(&format!("/*~{table}*/"), &assigned);
    }
    Ok((text, arguments))
}
