//! What a database has, as its catalogs say: read before anything in it is touched.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::PgConnection;

mod needs;
mod obstacles;

pub use obstacles::{ISSUER_OF_PASSWORDS, Obstacle};

/// Better Auth's tables, in the order in which they refer to each other.
pub const TABLES: [&str; 5] = ["user", "session", "account", "verification", "rateLimit"];

/// The tables of the connection's schema: Better Auth's in full, the others by name.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Those of [`TABLES`] that are there.
    pub tables: BTreeMap<String, Table>,
    /// Every other table.
    pub others: BTreeSet<String>,
    /// Latchkey's own functions.
    pub functions: BTreeSet<String>,
    /// Schemas in which tables of Better Auth's were found, and new ones would not be made.
    pub elsewhere: BTreeSet<String>,
}

/// A table of Better Auth's.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// By name.
    pub columns: BTreeMap<String, Column>,
    /// Those that Postgres keeps and may use.
    pub indexes: Vec<Index>,
    /// To `"user"`.
    pub references: Vec<Reference>,
}

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    /// As `format_type` spells it: `text`, `timestamp with time zone`, `character varying(255)`.
    pub kind: String,
    /// `not null`.
    pub is_required: bool,
    /// A default, an identity, or generated: an insert may leave it out.
    pub has_default: bool,
    /// Generated from others: an insert may not write it.
    pub is_generated: bool,
}

/// An index over columns, whole and of no expression.
#[derive(Clone, Debug)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Its columns, in their order.
    pub columns: Vec<String>,
    /// Whether no two rows may have the same.
    pub is_unique: bool,
}

/// A foreign key of one column to `"user"`.
#[derive(Clone, Debug)]
pub struct Reference {
    /// The constraint's name.
    pub name: String,
    /// The column that refers.
    pub column: String,
    /// Whether deleting a user deletes the row.
    pub cascades: bool,
}

impl Schema {
    /// Reads the catalogs: five statements.
    pub async fn read(connection: &mut PgConnection) -> sqlx::Result<Self> {
        let names = TABLES.map(str::to_owned);
        let mut schema = Self::default();
        let columns = sqlx::query!(
            r#"select c.relname as "table!", a.attname as "name!",
                      format_type(a.atttypid, a.atttypmod) as "kind!", a.attnotnull as "is_required!",
                      (a.atthasdef or a.attidentity <> '') as "has_default!", a.attgenerated <> '' as "is_generated!",
                      c.relnamespace::regnamespace::text as "schema!",
                      c.relnamespace = current_schema()::regnamespace as "is_current!"
                 from unnest($1::text[]) as wanted (name)
                 join pg_class c on c.oid = to_regclass(quote_ident(wanted.name)) and c.relkind in ('r', 'p')
                 join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped"#,
            &names[..],
        )
        .fetch_all(&mut *connection)
        .await?;
        for row in columns {
            let table = schema.tables.entry(row.table).or_default();
            if !row.is_current {
                schema.elsewhere.insert(row.schema);
            }
            let (is_required, has_default) = (row.is_required, row.has_default);
            let (kind, is_generated) = (row.kind, row.is_generated);
            table.columns.insert(row.name, Column { kind, is_required, has_default, is_generated });
        }
        let indexes = sqlx::query!(
            r#"select t.relname as "table!", i.relname as "name!", x.indisunique as "is_unique!",
                      array(select a.attname::text
                              from unnest(x.indkey::int2[]) with ordinality as key (number, place)
                              join pg_attribute a on a.attrelid = t.oid and a.attnum = key.number
                             where key.place <= x.indnkeyatts
                             order by key.place) as "columns!"
                 from unnest($1::text[]) as wanted (name)
                 join pg_class t on t.oid = to_regclass(quote_ident(wanted.name))
                 join pg_index x on x.indrelid = t.oid
                 join pg_class i on i.oid = x.indexrelid
                where x.indisvalid and x.indimmediate and x.indpred is null and x.indexprs is null"#,
            &names[..],
        )
        .fetch_all(&mut *connection)
        .await?;
        for row in indexes {
            let Some(table) = schema.tables.get_mut(&row.table) else { continue };
            let (name, columns, is_unique) = (row.name, row.columns, row.is_unique);
            table.indexes.push(Index { name, columns, is_unique });
        }
        let references = sqlx::query!(
            r#"select t.relname as "table!", k.conname as "name!", a.attname as "column!",
                      k.confdeltype = 'c' as "cascades!"
                 from unnest($1::text[]) as wanted (name)
                 join pg_class t on t.oid = to_regclass(quote_ident(wanted.name))
                 join pg_constraint k on k.conrelid = t.oid and k.contype = 'f'
                  and k.confrelid = to_regclass('"user"') and cardinality(k.conkey) = 1
                 join pg_attribute a on a.attrelid = t.oid and a.attnum = k.conkey[1]"#,
            &names[..],
        )
        .fetch_all(&mut *connection)
        .await?;
        for row in references {
            let Some(table) = schema.tables.get_mut(&row.table) else { continue };
            let (name, column, cascades) = (row.name, row.column, row.cascades);
            table.references.push(Reference { name, column, cascades });
        }
        let others = sqlx::query_scalar!(
            r#"select tablename as "name!" from pg_tables
                where schemaname = current_schema() and tablename <> all($1)"#,
            &names[..],
        )
        .fetch_all(&mut *connection)
        .await?;
        schema.others = others.into_iter().collect();
        let functions = sqlx::query_scalar!(
            r#"select proname as "name!" from pg_proc
                where pronamespace = current_schema()::regnamespace and starts_with(proname, 'latchkey_')"#
        )
        .fetch_all(connection)
        .await?;
        schema.functions = functions.into_iter().collect();
        Ok(schema)
    }

    /// A table of Better Auth's, if it is there.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }

    /// A column of such a table, if it is there.
    pub fn column(&self, table: &str, column: &str) -> Option<&Column> {
        self.table(table)?.columns.get(column)
    }
}

impl Table {
    /// Whether an index begins with these columns.
    pub fn is_indexed(&self, columns: &[&str]) -> bool {
        self.indexes.iter().any(|index| index.columns.iter().take(columns.len()).eq(columns))
    }

    /// Whether no two rows may have the same in these columns, and in no more of them.
    pub fn is_unique(&self, columns: &[&str]) -> bool {
        self.indexes.iter().any(|index| index.is_unique && index.columns.iter().eq(columns))
    }
}

impl Column {
    /// Whether it holds text, of any length or of at least so many characters.
    pub fn is_text(&self, least: usize) -> bool {
        let limit = self.kind.strip_prefix("character varying");
        match limit.map(|limit| limit.strip_prefix('(').and_then(|limit| limit.strip_suffix(')'))) {
            Some(Some(limit)) => limit.parse().is_ok_and(|limit: usize| limit >= least),
            Some(None) => limit == Some(""),
            None => self.kind == "text" || self.kind == "citext",
        }
    }

    /// Whether it holds an instant, with a zone or without.
    pub fn is_instant(&self) -> bool {
        self.kind.starts_with("timestamp")
    }

    /// Whether it holds instants, and no zone with them.
    pub fn is_without_zone(&self) -> bool {
        self.is_instant() && self.kind.ends_with("without time zone")
    }

    /// Whether Better Auth's own migration would choose its type, some option given.
    fn is_better_auths(&self) -> bool {
        let kinds =
            ["text", "timestamp with time zone", "boolean", "integer", "bigint", "jsonb", "uuid"];
        kinds.contains(&self.kind.as_str())
    }
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
