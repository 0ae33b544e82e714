//! Every endpoint of Latchkey in one process: `cargo run` on a laptop.

mod cors;
mod development;
mod docs;
mod embedded;
mod environment;
mod inbox;
mod inspect;
mod mailer;
mod serve;
mod sql;

use std::process::ExitCode;

use environment::Environment;

const USAGE: &str = "\
latchkey              serve every endpoint, on AUTH_PORT (4000)
latchkey inspect      name settings that cannot work in browsers; fails if there are any
latchkey migrate      bring the database's schema up to date
latchkey openapi      print the API's description, OpenAPI 3.1
latchkey sql '…'      run SQL in the embedded database, also while it serves
Settings come from the environment and from .env in this folder: see README.md.";

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("latchkey: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let environment = Environment::read()?;
    functions::telemetry::start(|name| environment.var(name))?;

    let args: Vec<_> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => serve::run(&environment).await,
        ["inspect"] => inspect::run(&environment),
        ["migrate"] => serve::migrate(&environment).await,
        ["openapi"] => {
            print!("{}", functions::openapi::text());
            Ok(())
        }
        ["sql", statements] => sql::run(statements).await,
        ["help" | "-h" | "--help"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(format!("unknown arguments\n{USAGE}").into()),
    }
}
