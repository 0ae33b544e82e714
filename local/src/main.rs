//! Every endpoint of Latchkey in one process: `cargo run` on a laptop.

mod calibrate;
mod connections;
mod cors;
mod development;
mod docs;
mod embedded;
mod environment;
mod health;
mod inbox;
mod inspect;
mod mailer;
mod serve;
mod sql;

use std::process::ExitCode;

use environment::Environment;
use shared::db::migrate::Consent;

const USAGE: &str = "\
latchkey                              serve every endpoint, on AUTH_PORT (4000)
latchkey health                       ask the server whether it answers; fails if it does not
latchkey inspect [--json] [URL]       look into the settings and the database of URL (or DATABASE_URL): what
                                      was found, what `migrate` would change, what would break. Writes nothing.
                                      Ends with 0: nothing stands in the way, 1: something does, 2: can't look
latchkey migrate [--default-issuer]   bring the database's schema up to date
latchkey calibrate                    measure password hashes on this machine, for PASSWORD_HASH
latchkey openapi                      print the API's description, OpenAPI 3.1
latchkey sql '…'                      run SQL in the embedded database, also while it serves
Settings come from the environment and from .env in this folder: see README.md.";

#[tokio::main]
async fn main() -> ExitCode {
    run().await.unwrap_or_else(|error| {
        eprintln!("latchkey: {error}");
        ExitCode::FAILURE
    })
}

async fn run() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let environment = Environment::read()?;
    functions::telemetry::start(|name| environment.var(name))?;

    let args: Vec<_> = std::env::args().skip(1).collect();
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        [] => serve::run(&environment).await?,
        ["health"] => health::run(&environment).await?,
        ["inspect", options @ ..] => return Ok(inspect::run(&environment, options).await),
        ["migrate"] => serve::migrate(&environment, Consent::default()).await?,
        ["migrate", "--default-issuer"] => {
            serve::migrate(&environment, Consent { default_issuer: true }).await?;
        }
        ["calibrate"] => print!("{}", calibrate::run().await?),
        ["openapi"] => print!("{}", functions::openapi::text()),
        ["sql", statements] => sql::run(statements).await?,
        ["help" | "-h" | "--help"] => println!("{USAGE}"),
        _ => return Err(format!("unknown arguments\n{USAGE}").into()),
    }
    Ok(ExitCode::SUCCESS)
}
