//! The database's URL.

use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

use super::ConfigError;
use crate::secret::Secret;

/// Reads `postgres://user:password@host/database`. `name` is the variable that an error names; the
/// URL itself, which holds a password, is never repeated.
pub fn database_options(name: &'static str, url: &Secret) -> Result<PgConnectOptions, ConfigError> {
    let malformed =
        || ConfigError::malformed(name, "it has to be postgres://user:password@host:port/database");
    let url = url.expose().trim();
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err(malformed());
    }
    PgConnectOptions::from_str(url).map_err(|_| malformed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_malformed_url_is_named_and_not_repeated() {
        for url in ["mysql://root:hunter2@host/db", "hunter2", "postgres://host:hunter2/db"] {
            let error =
                database_options("DATABASE_URL", &Secret::new(url)).unwrap_err().to_string();

            assert!(error.contains("DATABASE_URL") && !error.contains("hunter2"), "{error}");
        }
    }
}
