//! What the service logs, as Lambda would write it, read back.

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};

use functions::telemetry;
use serde_json::{Map, Value};
use tracing::Dispatch;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

/// The log of this thread, for as long as this lives.
pub struct Log {
    text: Text,
    _guard: DefaultGuard,
}

#[derive(Clone, Default)]
struct Text(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// At the finest level: what is not in this one is in none.
    pub fn start() -> Self {
        Self::at(LevelFilter::TRACE)
    }

    /// At a `LOG_LEVEL`.
    pub fn at(level: LevelFilter) -> Self {
        // As long as there is one subscriber alone, whichever thread meets a line first decides for all
        // threads whether it is ever written: also one that has none.
        static OTHER: OnceLock<Dispatch> = OnceLock::new();
        OTHER.get_or_init(|| telemetry::json_log(level, std::io::sink).into());
        let text = Text::default();
        let guard = tracing::subscriber::set_default(telemetry::json_log(level, text.clone()));
        Self { text, _guard: guard }
    }

    /// The lines so far, which are gone from here then.
    pub fn take(&self) -> Vec<Map<String, Value>> {
        let text = std::mem::take(&mut *self.text.0.lock().unwrap());
        let text = String::from_utf8(text).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The audit events among them.
    pub fn take_events(&self) -> Vec<Map<String, Value>> {
        events(&self.take())
    }
}

/// The audit events among lines.
pub fn events(lines: &[Map<String, Value>]) -> Vec<Map<String, Value>> {
    lines.iter().filter(|line| line.contains_key("audit")).cloned().collect()
}

impl Write for Text {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Text {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
