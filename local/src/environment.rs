//! The environment, and a `.env` in the folder that the server is started in.

use std::collections::HashMap;
use std::path::Path;

/// The variables of `.env`, behind those of the environment.
#[derive(Debug)]
pub struct Environment {
    file: HashMap<String, String>,
}

impl Environment {
    /// Reads `.env` if there is one. Parent folders are not looked at: what starts here is set here.
    pub fn read() -> Result<Self, String> {
        let path = Path::new(".env");
        if !path.exists() {
            return Ok(Self { file: HashMap::new() });
        }
        let variables = dotenvy::from_path_iter(path).and_then(Iterator::collect);
        let file = variables.map_err(|error| match error {
            // The error would quote the line, which may hold a secret.
            dotenvy::Error::LineParse(_, at) => format!(
                ".env can't be read: something is malformed at character {at} of a line; \
                 write NAME=value, with quotes around a value that has blanks"
            ),
            other => format!(".env can't be read: {other}"),
        })?;
        Ok(Self { file })
    }

    /// A variable; a real one wins over the file's.
    #[expect(clippy::disallowed_methods, reason = "the one place of this program that reads it")]
    pub fn var(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().or_else(|| self.file.get(name).cloned())
    }
}
