//! What a process tells of itself: the log, audit events in it, and metrics. `docs/EVENTS.md` lists both.
//!
//! The log is one line an event: JSON on Lambda, readable on a terminal.

pub mod metrics;
pub(crate) mod observed;

use std::io::IsTerminal;
use std::str::FromStr;
use std::sync::OnceLock;
use std::time::Instant;

use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry, fmt};

static STARTED: OnceLock<Instant> = OnceLock::new();

/// A setting is malformed; the log is at `info`, and no metrics are written.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum TelemetryError {
    /// `LOG_LEVEL`.
    #[error("LOG_LEVEL is malformed: it has to be error, warn, info, debug, trace or off")]
    Level,
    /// `METRICS_SERVICE`.
    #[error("METRICS_SERVICE is malformed: it has to be up to 255 visible ASCII characters")]
    Service,
}

/// Starts the log at `LOG_LEVEL` (`info`), and metrics where `METRICS_SERVICE` names the service.
///
/// The level is for our own lines. Libraries are heard from `warn` on and never below: their finer
/// lines quote headers and statements, which hold secrets. Audit events are written at any level but
/// `off`.
pub fn start(var: impl Fn(&str) -> Option<String>) -> Result<(), TelemetryError> {
    STARTED.get_or_init(Instant::now);
    let text = var("LOG_LEVEL").filter(|level| !level.is_empty());
    let parsed = text.as_deref().map_or(Ok(LevelFilter::INFO), LevelFilter::from_str);
    let level = *parsed.as_ref().unwrap_or(&LevelFilter::INFO);
    let is_lambda = var("AWS_LAMBDA_FUNCTION_NAME").is_some();
    let layer = if is_lambda {
        json_lines(std::io::stdout).boxed()
    } else {
        let is_terminal = std::io::stderr().is_terminal();
        fmt::layer().compact().with_ansi(is_terminal).with_writer(std::io::stderr).boxed()
    };
    tracing_subscriber::registry().with(layer.with_filter(heard(level))).init();
    parsed.map_err(|_| TelemetryError::Level)?;
    if let Some(service) = service(var("METRICS_SERVICE"))? {
        metrics::start(service);
    }
    Ok(())
}

/// A log as Lambda has it, to anywhere, at a level of our own lines.
pub fn json_log(
    level: LevelFilter,
    writer: impl for<'a> MakeWriter<'a> + Send + Sync + 'static,
) -> impl Subscriber + Send + Sync {
    Registry::default().with(json_lines(writer).with_filter(heard(level)))
}

fn json_lines<S: Subscriber + for<'a> LookupSpan<'a>>(
    writer: impl for<'a> MakeWriter<'a> + Send + Sync + 'static,
) -> impl Layer<S> + Send + Sync {
    fmt::layer().json().flatten_event(true).with_current_span(false).with_writer(writer)
}

fn heard(level: LevelFilter) -> Targets {
    let ours = ["functions", "latchkey", "mailer", "shared"].map(|name| (name, level));
    let audit = if level == LevelFilter::OFF { level } else { LevelFilter::INFO };
    Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        // Quotes what a database's URL has and it does not know.
        .with_target("sqlx_postgres::options", LevelFilter::OFF)
        .with_targets(ours)
        .with_target(shared::audit::TARGET, audit)
}

/// What CloudWatch takes for the value of a dimension, if there is one.
fn service(text: Option<String>) -> Result<Option<String>, TelemetryError> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let is_visible = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    match text {
        Some(text) if text.len() > 255 || !text.bytes().all(is_visible) => {
            Err(TelemetryError::Service)
        }
        text => Ok(text),
    }
}

/// Writes the metrics of a cold start: a function, named as its binary is, is ready for its first event.
pub fn ready(function: &str) {
    metrics::write(|line| {
        let started = *STARTED.get_or_init(Instant::now);
        line.set("Function", function);
        line.add(&metrics::COLD_STARTS, 1);
        line.add(&metrics::START_TIME, metrics::millis(started.elapsed()));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_has_a_name_that_cloudwatch_takes() {
        let service = |text: &str| service(Some(text.to_owned()));

        assert_eq!(service(" auth-prod "), Ok(Some("auth-prod".to_owned())));
        assert_eq!(service(""), Ok(None));
        assert_eq!(service("  "), Ok(None));
        for malformed in ["ü", "a\nb", &"a".repeat(256)] {
            assert_eq!(service(malformed), Err(TelemetryError::Service), "{malformed}");
        }
    }
}
