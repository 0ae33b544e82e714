//! What a laptop gets that production must bring: a folder for data, and a signing secret.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use shared::secret::Secret;
use shared::token;

/// Where everything lies that has to survive a restart; ignored by git.
pub const FOLDER: &str = ".latchkey";

/// A file of the folder, which is made if need be.
pub fn file(name: &str) -> io::Result<PathBuf> {
    fs::create_dir_all(FOLDER)?;
    Ok(Path::new(FOLDER).join(name))
}

/// The made-up signing secret, kept so that a restart signs nobody out. Says so when it makes one.
pub fn signing_secret() -> io::Result<Secret> {
    let path = file("secret")?;
    if let Ok(text) = fs::read_to_string(&path) {
        return Ok(Secret::new(text.trim()));
    }
    let text: String = [token::random(), token::random()].concat();
    write_private(&path, &text)?;
    tracing::info!("BETTER_AUTH_SECRET is not set: made one and kept it in {}", path.display());
    Ok(Secret::new(text))
}

/// Writes a file that only its owner reads.
pub fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}
