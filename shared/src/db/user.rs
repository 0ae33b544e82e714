//! Table `"user"`.

mod create;
mod email;
mod find;
mod update;

use serde::Serialize;
use serde_json::Value;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use time::OffsetDateTime;

use crate::additional::{Additional, Declared};
use crate::timestamp::Timestamp;

pub use create::{Created, NewCredential, NewUser, create};
pub use email::{Change, Changed, Verified, change_email, verify_email};
pub use find::{Availability, Candidate, availability, find_with_password};
pub use update::{Profile, delete, delete_with_token, update_profile};

/// A user as the API shows one: key order as at Better Auth, `id` last.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct User {
    /// May be empty.
    pub name: String,
    /// Lower case.
    pub email: String,
    /// Whether the address was proven.
    pub email_verified: bool,
    /// A URL, unchecked.
    pub image: Option<String>,
    /// When the user signed up.
    pub created_at: Timestamp,
    /// When the row was last written.
    pub updated_at: Timestamp,
    /// What the operator declared beside.
    #[serde(flatten)]
    pub fields: Additional,
    /// 32 characters of `A-Z a-z 0-9`.
    pub id: String,
}

/// A row as a checked statement gives it.
struct UserRow {
    name: String,
    email: String,
    email_verified: bool,
    image: Option<String>,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
    id: String,
    /// `to_jsonb` of it, where fields are declared.
    whole: Option<Value>,
}

impl UserRow {
    fn user(self, declared: &Declared) -> User {
        User {
            name: self.name,
            email: self.email,
            email_verified: self.email_verified,
            image: self.image,
            created_at: self.created_at.into(),
            updated_at: self.updated_at.into(),
            fields: declared.user.view(self.whole.as_ref()),
            id: self.id,
        }
    }

    /// The same from a statement that additional columns were put into.
    fn read(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            name: row.try_get("name")?,
            email: row.try_get("email")?,
            email_verified: row.try_get("email_verified")?,
            image: row.try_get("image")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
            id: row.try_get("id")?,
            whole: row.try_get("user_row")?,
        })
    }
}
