//! How long a mail waits for its next attempt.

use time::Duration;

/// The first wait is at most this long.
const FIRST_SECS: f64 = 60.0;
/// Each wait may be so many times as long as the one before: ten attempts take about a day.
const FACTOR: f64 = 2.5;
/// No wait is shorter: who just refused is not asked again at once.
const LEAST_SECS: f64 = 5.0;

/// The wait after `attempt` (1, 2, …) has failed. `random` from 0 to 1 spreads it over its whole
/// length, so that mails that failed together are not tried together.
pub fn wait(attempt: i32, random: f64) -> Duration {
    let longest = FIRST_SECS * FACTOR.powi((attempt - 1).clamp(0, 12));
    Duration::seconds_f64((longest * random).max(LEAST_SECS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MAX_ATTEMPTS;

    #[test]
    fn all_attempts_take_about_a_day() {
        let all: Duration = (1..MAX_ATTEMPTS).map(|attempt| wait(attempt, 0.5)).sum();

        assert!(all > Duration::hours(18) && all < Duration::hours(30), "{all}");
    }

    #[test]
    fn a_wait_is_spread_over_its_length_and_never_nothing() {
        assert_eq!(wait(1, 0.0), Duration::seconds(5));
        assert_eq!(wait(1, 1.0), Duration::minutes(1));
        assert_eq!(wait(2, 1.0), Duration::seconds(150));
        assert_eq!(wait(i32::MAX, 1.0), wait(13, 1.0));
    }
}
