//! The log: one line an event, JSON on Lambda, readable on a terminal.

use std::io::IsTerminal;
use std::str::FromStr;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

/// `LOG_LEVEL` is malformed; the log is at `info`.
#[derive(Debug, thiserror::Error)]
#[error("LOG_LEVEL is malformed: it has to be error, warn, info, debug, trace or off")]
pub struct LevelError;

/// Starts the log at `LOG_LEVEL` (`info`).
///
/// The level is for our own lines. Libraries are heard from `warn` on and never below: their finer
/// lines quote headers and statements, which hold secrets.
pub fn start(var: impl Fn(&str) -> Option<String>) -> Result<(), LevelError> {
    let text = var("LOG_LEVEL").filter(|level| !level.is_empty());
    let parsed = text.as_deref().map_or(Ok(LevelFilter::INFO), LevelFilter::from_str);
    let level = *parsed.as_ref().unwrap_or(&LevelFilter::INFO);
    let ours = ["functions", "latchkey", "mailer", "shared"].map(|name| (name, level));
    let filter = Targets::new().with_default(level.min(LevelFilter::WARN)).with_targets(ours);
    let is_lambda = var("AWS_LAMBDA_FUNCTION_NAME").is_some();
    let layer = if is_lambda {
        fmt::layer().json().flatten_event(true).with_current_span(false).boxed()
    } else {
        let is_terminal = std::io::stderr().is_terminal();
        fmt::layer().compact().with_ansi(is_terminal).with_writer(std::io::stderr).boxed()
    };
    tracing_subscriber::registry().with(layer.with_filter(filter)).init();
    parsed.map(drop).map_err(|_| LevelError)
}
