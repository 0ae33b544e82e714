//! What one request counts. core.md §18.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::config::{RateLimits, Rule};

/// The counters of one request, in the order in which they are used up. They are counted by
/// `latchkey_count` in the database: by the pipeline, or in the first statement of a handler that
/// says so in the table of routes.
#[derive(Clone, Debug, Default)]
pub struct Counters {
    list: Vec<Counter>,
    failures: Option<Rule>,
    mails: Option<Rule>,
    /// Shared between the copies of one request: whether a statement has taken them.
    is_taken: Arc<AtomicBool>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Counter {
    key: String,
    rule: Rule,
    is_fixed: bool,
}

impl Counters {
    /// The counter of an address and a path, `<address>|<path>`, as Better Auth names it; none where
    /// no rule is for the path, and none without an address: all such requests would share it.
    pub fn of_request(limits: &RateLimits, address: &str, path: &str) -> Self {
        let rule = limits.rule(path).filter(|_| !address.is_empty());
        let counter = |rule| Counter { key: format!("{address}|{path}"), rule, is_fixed: false };
        Self {
            list: rule.map(counter).into_iter().collect(),
            failures: limits.failures(),
            mails: limits.mails(),
            is_taken: Arc::default(),
        }
    }

    /// For a later statement of the same request: what the first one has counted stays counted.
    #[must_use]
    pub fn later(&self) -> Self {
        Self { list: Vec::new(), ..self.clone() }
    }

    /// Counts an attempt at an account as well. `account_key` is the keyring's name of its address.
    #[must_use]
    pub fn with_failures(self, account_key: &str) -> Self {
        let rule = self.failures;
        self.with(rule, failures_key(account_key))
    }

    /// Counts a mail to an account as well. `account_key` is the keyring's name of its address.
    #[must_use]
    pub fn with_mails(self, account_key: &str) -> Self {
        let rule = self.mails;
        self.with(rule, format!("mails|{account_key}"))
    }

    fn with(mut self, rule: Option<Rule>, key: String) -> Self {
        self.list.extend(rule.map(|rule| Counter { key, rule, is_fixed: true }));
        self
    }

    /// The counter of failures that a success deletes; `None` where failures are not counted.
    pub fn settled_by_success(&self, account_key: &str) -> Option<String> {
        self.failures.map(|_| failures_key(account_key))
    }

    /// Whether there is nothing to count.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether nothing is left to be counted of this request.
    pub fn is_settled(&self) -> bool {
        self.is_empty() || self.is_taken.load(Ordering::Relaxed)
    }

    /// The keys, for the statement that counts them: whoever asks has taken them, so that the
    /// pipeline does not count the request once more.
    pub fn keys(&self) -> Vec<String> {
        self.is_taken.store(true, Ordering::Relaxed);
        self.list.iter().map(|counter| counter.key.clone()).collect()
    }

    /// The windows in milliseconds, parallel to the keys.
    pub fn windows_ms(&self) -> Vec<i64> {
        self.list.iter().map(|counter| counter.rule.window.whole_seconds() * 1000).collect()
    }

    /// How many uses each key has, parallel to the keys.
    pub fn maxima(&self) -> Vec<i32> {
        self.list.iter().map(|counter| counter.rule.max).collect()
    }

    /// Whether each window ends a fixed time after its first use, parallel to the keys; the others
    /// end after a pause.
    pub fn fixed(&self) -> Vec<bool> {
        self.list.iter().map(|counter| counter.is_fixed).collect()
    }
}

fn failures_key(account_key: &str) -> String {
    format!("failures|{account_key}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Mode, Vars};

    fn limits(mode: Mode) -> RateLimits {
        RateLimits::from_vars(&Vars(&|_| None), mode).unwrap()
    }

    #[test]
    fn the_arrays_are_parallel_and_the_address_comes_first() {
        let counters = Counters::of_request(&limits(Mode::Lambda), "203.0.113.5", "/sign-in/email")
            .with_failures("f00")
            .with_mails("f00");

        assert_eq!(counters.keys(), ["203.0.113.5|/sign-in/email", "failures|f00", "mails|f00"]);
        assert_eq!(counters.windows_ms(), [10_000, 900_000, 3_600_000]);
        assert_eq!(counters.maxima(), [3, 10, 5]);
        assert_eq!(counters.fixed(), [false, true, true]);
        assert_eq!(counters.settled_by_success("f00").as_deref(), Some("failures|f00"));
    }

    #[test]
    fn without_an_address_nobody_shares_a_counter() {
        let counters = Counters::of_request(&limits(Mode::Lambda), "", "/sign-in/email");

        assert!(counters.is_empty());
        assert_eq!(counters.with_failures("f00").keys(), ["failures|f00"]);
    }

    #[test]
    fn where_limits_are_off_there_is_nothing_to_count() {
        let counters = Counters::of_request(&limits(Mode::Development), "::1", "/sign-in/email")
            .with_failures("f00")
            .with_mails("f00");

        assert!(counters.is_empty() && counters.is_settled());
        assert_eq!(counters.settled_by_success("f00"), None);
    }

    #[test]
    fn what_one_copy_has_taken_is_taken_for_all() {
        let counters = Counters::of_request(&limits(Mode::Lambda), "::1", "/sign-in/email");
        let copy = counters.clone().with_failures("f00");
        assert!(!counters.is_settled());

        copy.keys();

        assert!(counters.is_settled());
    }
}
