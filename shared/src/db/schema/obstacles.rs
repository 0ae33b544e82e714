//! Why a database can't be served as it is, and what to do.

/// The default that `account.issuer` is given: what Better Auth 1.7.0 to 1.7.2 write for a password.
pub const ISSUER_OF_PASSWORDS: &str = "local:credential";

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
