//! What a request leaves beside its line in the log: an event for who investigates, and metrics.

use axum::extract::Request;
use axum::response::Response;
use shared::audit::{Action, Answer, Audit};
use shared::error::LoggedCode;
use shared::password::HashTimes;

use super::metrics::{self, Line};

/// A sign-in that is refused with this has shown wrong credentials. Other refusals say nothing of them:
/// a limit, a switched-off endpoint, an address that is not proven yet.
const WRONG_CREDENTIALS: LoggedCode = LoggedCode("INVALID_EMAIL_OR_PASSWORD");

/// A request that is under way. Dropped before its end, it leaves the event of a client that went away.
pub(crate) struct Observed {
    action: Option<Action>,
    audit: Audit,
    hash_times: HashTimes,
    has_ended: bool,
}

impl Observed {
    /// Puts beside the request what is filled in on the way.
    pub(crate) fn begin(action: Option<Action>, request: &mut Request) -> Self {
        let observed = Self {
            action,
            audit: Audit::default(),
            hash_times: HashTimes::default(),
            has_ended: false,
        };
        request.extensions_mut().insert(observed.audit.clone());
        request.extensions_mut().insert(observed.hash_times.clone());
        observed
    }

    /// Writes the event and the metrics of an answer.
    pub(crate) fn end(mut self, response: &Response) {
        self.has_ended = true;
        let code = response.extensions().get::<LoggedCode>().copied();
        let answer = Answer { status: response.status(), code };
        if let Some(action) = self.action {
            self.audit.write(action, Some(answer));
        }
        metrics::write(|line| self.measure(answer, line));
    }

    fn measure(&self, Answer { status, code }: Answer, line: &mut Line) {
        if self.action == Some(Action::SignIn) {
            match code {
                None if status.is_success() => line.add(&metrics::SIGN_INS, 1),
                Some(WRONG_CREDENTIALS) => line.add(&metrics::SIGN_IN_FAILURES, 1),
                _ => {}
            }
        }
        if let Some(LoggedCode(code)) = code {
            line.add(&metrics::FAILURES, 1);
            line.set("Code", code);
        }
        for time in self.hash_times.take() {
            line.add(&metrics::HASH_TIME, metrics::millis(time));
        }
    }
}

impl Drop for Observed {
    fn drop(&mut self) {
        if let Some(action) = self.action.filter(|_| !self.has_ended) {
            self.audit.write(action, None);
        }
    }
}
