//! `latchkey inspect`: what in the settings cannot work, before anything is deployed with them.

use shared::config::{Config, warnings};

use crate::environment::Environment;

/// Reads the settings and looks for cookies that browsers will not bring. Touches no database.
///
/// Errors: there are such settings, each named with its cure; a setting is missing or malformed.
pub fn run(environment: &Environment) -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::from_vars(|name| environment.var(name))?;
    let found = warnings::warnings(&config);
    if found.is_empty() {
        println!("The settings of cookies, pages and PUBLIC_URL go together.");
        return Ok(());
    }
    let lines: Vec<_> = found.iter().map(|warning| format!("- {warning}")).collect();
    Err(format!("settings that cannot work in browsers:\n{}", lines.join("\n")).into())
}
