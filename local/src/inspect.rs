//! `latchkey inspect`: what a database and the settings hold, before anything is deployed or migrated.

use std::io::Write;
use std::process::ExitCode;

use shared::clock::Clock;
use shared::config::{Config, database_options};
use shared::inspect::{Report, inspect};
use shared::secret::Secret;
use sqlx::Connection;

use crate::environment::Environment;
use crate::serve;

/// Something stands in the way.
const NOT_READY: u8 = 1;
/// Nothing can be said.
const FAILED: u8 = 2;

/// Prints what was found; its last line, or `isReady`, is the exit status in words.
pub async fn run(environment: &Environment, options: &[&str]) -> ExitCode {
    let (as_json, urls): (Vec<&str>, Vec<&str>) =
        options.iter().copied().partition(|option| *option == "--json");
    let report = match urls.as_slice() {
        [] => look(environment, None).await,
        [url] if !url.starts_with('-') => look(environment, Some(url)).await,
        _ => Err("inspect takes --json and the URL of one database".into()),
    };
    let report = match report {
        Ok(report) => report,
        Err(error) => {
            eprintln!("latchkey: {error}");
            return ExitCode::from(FAILED);
        }
    };
    let text = if as_json.is_empty() {
        report.to_string()
    } else {
        format!("{:#}", serde_json::json!(report))
    };
    // Whoever reads may stop, as `head` does.
    let _ = writeln!(std::io::stdout(), "{text}");
    if report.is_ready { ExitCode::SUCCESS } else { ExitCode::from(NOT_READY) }
}

async fn look(
    environment: &Environment,
    url: Option<&str>,
) -> Result<Report, Box<dyn std::error::Error>> {
    let var = |name: &str| environment.var(name);
    let config = Config::from_vars(var)?;
    let (name, url) = match url {
        Some(url) => ("the URL given", Some(url.to_owned())),
        None => ("DATABASE_URL", var("DATABASE_URL").filter(|url| !url.is_empty())),
    };
    let now = Clock::system().now();
    let Some(url) = url else {
        return Ok(inspect(&config, None, now).await?);
    };
    let options = database_options(name, &Secret::new(url), &config.database_tls)?;
    let mut connection = serve::connect(name, &options).await?;
    let report = inspect(&config, Some(&mut connection), now).await;
    connection.close().await?;
    report.map_err(|error| format!("the database of {name} can't be looked into: {error}").into())
}
