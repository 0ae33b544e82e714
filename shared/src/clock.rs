//! Where the time comes from.

use std::ops::Add;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration as StdDuration, Instant};

use time::{Duration, OffsetDateTime};

/// The system's clock, or one that a test sets. Instants are UTC and whole milliseconds, as the
/// rows and the JSON have them.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands at `at` until [`Clock::advance`] moves it.
    pub fn fixed(at: OffsetDateTime) -> Self {
        Self(Some(Arc::new(AtomicI64::new(unix_millis(at)))))
    }

    /// Moves a fixed clock; the system's clock moves by itself.
    pub fn advance(&self, by: Duration) {
        if let Some(millis) = &self.0 {
            millis.fetch_add(i64::try_from(by.whole_milliseconds()).unwrap_or(0), Ordering::SeqCst);
        }
    }

    /// The instant now.
    pub fn now(&self) -> OffsetDateTime {
        let millis = match &self.0 {
            Some(millis) => millis.load(Ordering::SeqCst),
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
            None => unix_millis(OffsetDateTime::now_utc()),
        };
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000)
            .expect("the milliseconds come from an `OffsetDateTime`")
    }
}

/// A point in time on both clocks, to measure what passes from one request to the next: either may stand
/// still while a Lambda is frozen.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    monotonic: Instant,
    utc: OffsetDateTime,
}

impl Moment {
    /// On both clocks, now.
    pub fn now() -> Self {
        Self { monotonic: Instant::now(), utc: Clock::system().now() }
    }

    /// How long ago `earlier` was: the longer of both, and zero for what is to come.
    pub fn since(self, earlier: Self) -> StdDuration {
        let utc = StdDuration::try_from(self.utc - earlier.utc).unwrap_or_default();
        self.monotonic.saturating_duration_since(earlier.monotonic).max(utc)
    }
}

impl Add<StdDuration> for Moment {
    type Output = Self;

    fn add(self, by: StdDuration) -> Self {
        Self { monotonic: self.monotonic + by, utc: self.utc + by }
    }
}

/// Milliseconds since 1970, the unit of `"rateLimit"."lastRequest"`.
pub fn unix_millis(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000_000))
        .expect("years up to 9999 fit into 64 bits of milliseconds")
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn time_passes_by_the_clock_that_runs() {
        let start = Moment { monotonic: Instant::now(), utc: datetime!(2026-01-01 00:00 UTC) };
        let later = StdDuration::from_secs(7);

        for (monotonic, utc) in
            [(later, later), (later, StdDuration::ZERO), (StdDuration::ZERO, later)]
        {
            let now = Moment { monotonic: start.monotonic + monotonic, utc: start.utc + utc };

            assert_eq!(now.since(start), later);
            assert_eq!(start.since(now), StdDuration::ZERO);
        }
    }

    #[test]
    fn instants_are_whole_milliseconds() {
        let clock = Clock::fixed(datetime!(2026-11-23 02:38:29.972_999 UTC));

        assert_eq!(clock.now(), datetime!(2026-11-23 02:38:29.972 UTC));
        assert_eq!(Clock::system().now().nanosecond() % 1_000_000, 0);
    }

    #[test]
    fn a_fixed_clock_moves_when_told() {
        let clock = Clock::fixed(datetime!(2026-11-23 00:00 UTC));

        clock.advance(Duration::days(1));

        assert_eq!(clock.now(), datetime!(2026-11-24 00:00 UTC));
    }
}
