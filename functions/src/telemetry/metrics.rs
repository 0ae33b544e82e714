//! Metrics as lines of CloudWatch's embedded metric format: a line on stdout is all there is to do, and
//! CloudWatch makes metrics of it. `docs/EVENTS.md` lists them.
//!
//! Specification: AWS, "Specification: Embedded metric format" (Amazon CloudWatch User Guide).

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::{Map, Value, json};
use shared::clock::{Clock, unix_millis};

const NAMESPACE: &str = "Latchkey";
const SERVICE: &str = "Service";

/// The dimension that tells the deployments of an account apart; unset where no metrics are wanted.
static SERVICE_NAME: OnceLock<String> = OnceLock::new();

/// A metric: what it is called, and by which dimensions beside the service it is kept.
#[derive(Debug)]
pub struct Metric {
    /// As CloudWatch shows it.
    pub name: &'static str,
    /// One of CloudWatch's.
    pub unit: &'static str,
    /// Each a set of dimensions beside `Service`.
    pub dimensions: &'static [&'static [&'static str]],
}

const fn metric(
    name: &'static str,
    unit: &'static str,
    dimensions: &'static [&'static [&'static str]],
) -> Metric {
    Metric { name, unit, dimensions }
}

/// Sessions made for who showed a password.
pub static SIGN_INS: Metric = metric("SignIns", "Count", &[&[]]);
/// Sign-ins with a wrong password or an unknown address.
pub static SIGN_IN_FAILURES: Metric = metric("SignInFailures", "Count", &[&[]]);
/// Refused and failed requests.
pub static FAILURES: Metric = metric("Failures", "Count", &[&[], &["Code"]]);
/// What hashing or verifying a password took.
pub static HASH_TIME: Metric = metric("HashTime", "Milliseconds", &[&[]]);
/// Processes that started.
pub static COLD_STARTS: Metric = metric("ColdStarts", "Count", &[&[], &["Function"]]);
/// What starting took.
pub static START_TIME: Metric = metric("StartTime", "Milliseconds", &[&["Function"]]);
/// How long the oldest mail that has not left has waited.
pub static OUTBOX_AGE: Metric = metric("OutboxAge", "Seconds", &[&[]]);
/// Mails given up.
pub static DEAD_MAILS: Metric = metric("DeadMails", "Count", &[&[]]);

/// All of them.
pub static ALL: [&Metric; 8] = [
    &SIGN_INS,
    &SIGN_IN_FAILURES,
    &FAILURES,
    &HASH_TIME,
    &COLD_STARTS,
    &START_TIME,
    &OUTBOX_AGE,
    &DEAD_MAILS,
];

/// From now on metrics are written, for this service.
pub(super) fn start(service: String) {
    let _ = SERVICE_NAME.set(service);
}

/// Whether metrics are written: what costs something to find out is not asked for otherwise.
pub fn are_wanted() -> bool {
    SERVICE_NAME.get().is_some()
}

/// Writes what `fill` puts into a line, if it puts anything and metrics are wanted.
///
/// One `write` for the whole line: nothing of the log comes between.
pub fn write(fill: impl FnOnce(&mut Line)) {
    let Some(service) = SERVICE_NAME.get() else { return };
    let mut line = Line::default();
    fill(&mut line);
    if let Some(value) = line.json(service, unix_millis(Clock::system().now())) {
        let text = format!("{value}\n");
        // Nobody need listen.
        let _ = std::io::stdout().lock().write_all(text.as_bytes());
    }
}

/// A duration as a metric in milliseconds, to the microsecond.
pub fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 1_000_000.0).round() / 1000.0
}

/// A line that is being filled.
#[derive(Debug, Default)]
pub struct Line {
    metrics: Vec<(&'static Metric, Vec<Value>)>,
    dimensions: Map<String, Value>,
}

impl Line {
    /// Adds a value of a metric.
    pub fn add(&mut self, metric: &'static Metric, value: impl Into<Value>) {
        let value = value.into();
        match self.metrics.iter_mut().find(|(other, _)| other.name == metric.name) {
            Some((_, values)) => values.push(value),
            None => self.metrics.push((metric, vec![value])),
        }
    }

    /// Sets the value of a dimension. Never what a request says: only what comes of a fixed list.
    pub fn set(&mut self, dimension: &'static str, value: &str) {
        self.dimensions.insert(dimension.to_owned(), value.into());
    }

    fn json(self, service: &str, now_ms: i64) -> Option<Value> {
        if self.metrics.is_empty() {
            return None;
        }
        let mut directives: BTreeMap<_, Vec<Value>> = BTreeMap::new();
        for (metric, _) in &self.metrics {
            let described = json!({ "Name": metric.name, "Unit": metric.unit });
            directives.entry(metric.dimensions).or_default().push(described);
        }
        let directives = directives.into_iter().map(|(dimensions, metrics)| {
            let with_service = |names: &&[&'static str]| [&[SERVICE][..], names].concat();
            let dimensions: Vec<_> = dimensions.iter().map(with_service).collect();
            json!({ "Namespace": NAMESPACE, "Dimensions": dimensions, "Metrics": metrics })
        });
        let mut line = Map::new();
        let directives: Vec<_> = directives.collect();
        line.insert(
            "_aws".to_owned(),
            json!({ "Timestamp": now_ms, "CloudWatchMetrics": directives }),
        );
        line.insert(SERVICE.to_owned(), service.into());
        line.extend(self.dimensions);
        for (metric, mut values) in self.metrics {
            let value = if values.len() == 1 { values.remove(0) } else { values.into() };
            line.insert(metric.name.to_owned(), value);
        }
        Some(line.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_as_the_specification_has_it() {
        let mut line = Line::default();
        line.add(&SIGN_IN_FAILURES, 1);
        line.add(&FAILURES, 1);
        line.set("Code", "INVALID_EMAIL_OR_PASSWORD");
        line.add(&HASH_TIME, 31.5);

        let count = |name: &str| json!({ "Name": name, "Unit": "Count" });
        assert_eq!(
            line.json("auth", 1_795_000_000_000),
            Some(json!({
                "_aws": {
                    "Timestamp": 1_795_000_000_000_i64,
                    "CloudWatchMetrics": [
                        {
                            "Namespace": "Latchkey",
                            "Dimensions": [["Service"]],
                            "Metrics": [
                                count("SignInFailures"),
                                { "Name": "HashTime", "Unit": "Milliseconds" }
                            ]
                        },
                        {
                            "Namespace": "Latchkey",
                            "Dimensions": [["Service"], ["Service", "Code"]],
                            "Metrics": [count("Failures")]
                        }
                    ]
                },
                "Service": "auth",
                "Code": "INVALID_EMAIL_OR_PASSWORD",
                "SignInFailures": 1,
                "Failures": 1,
                "HashTime": 31.5
            }))
        );
    }

    #[test]
    fn several_values_of_one_metric_are_a_list_and_nothing_is_no_line() {
        let mut line = Line::default();
        line.add(&HASH_TIME, 31.5);
        line.add(&HASH_TIME, millis(Duration::from_nanos(30_123_456)));

        assert_eq!(line.json("auth", 0).unwrap()["HashTime"], json!([31.5, 30.123]));
        assert_eq!(Line::default().json("auth", 0), None);
    }
}
