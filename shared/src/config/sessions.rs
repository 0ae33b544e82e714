//! Settings of sessions. core.md §15.

use time::{Duration, OffsetDateTime};

use super::{ConfigError, Vars};
use crate::db::session::Cutoff;

/// 400 days: the longest life of a cookie (RFC 6265bis, section 5.6.2), in seconds.
const LONGEST: i64 = 34_560_000;

/// How long sessions live, and when they are extended.
#[derive(Clone, Debug)]
pub struct SessionSettings {
    /// `SESSION_EXPIRES_IN`: the life of a remembered session.
    pub expires_in: Duration,
    /// `SESSION_MAX_AGE`: the life of any session, however often it is extended; `None`: no end.
    pub max_age: Option<Duration>,
    /// `SESSION_UPDATE_AGE`: a session is extended at most that often.
    pub update_age: Duration,
    /// `SESSION_FRESH_AGE`: how long after signing in a session may do what asks for a fresh one;
    /// zero: always.
    pub fresh_age: Duration,
    /// Which requests extend one.
    pub refresh: Refresh,
    /// `HIDE_SESSION_TOKEN`: no body tells a session's token; its id, which proves nothing, stands in its
    /// place and names it to `revoke-session`.
    pub hides_token: bool,
}

/// Which requests extend a session that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresh {
    /// All that look at it.
    Always,
    /// All but `GET /get-session`, which says `needsRefresh`; `POST /get-session` then does it:
    /// `DEFER_SESSION_REFRESH`.
    Deferred,
    /// None: `DISABLE_SESSION_REFRESH`.
    Never,
}

impl SessionSettings {
    pub(super) fn from_vars(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        let is_deferred = vars.flag("DEFER_SESSION_REFRESH", false)?;
        let max_age = vars.seconds("SESSION_MAX_AGE", 0..=LONGEST, 0)?;
        Ok(Self {
            hides_token: vars.flag("HIDE_SESSION_TOKEN", false)?,
            expires_in: vars.seconds("SESSION_EXPIRES_IN", 1..=LONGEST, 604_800)?,
            max_age: max_age.is_positive().then_some(max_age),
            update_age: vars.seconds("SESSION_UPDATE_AGE", 0..=LONGEST, 86_400)?,
            fresh_age: vars.seconds("SESSION_FRESH_AGE", 0..=LONGEST, 86_400)?,
            refresh: match (vars.flag("DISABLE_SESSION_REFRESH", false)?, is_deferred) {
                (true, _) => Refresh::Never,
                (false, true) => Refresh::Deferred,
                (false, false) => Refresh::Always,
            },
        })
    }

    /// Which sessions are live at `now`.
    pub fn cutoff(&self, now: OffsetDateTime) -> Cutoff {
        Cutoff { now, begun_since: self.max_age.map(|max_age| now - max_age) }
    }

    /// How much longer a session may live that was begun at `created_at`, if it is to live `life`.
    pub fn life(
        &self,
        life: Duration,
        created_at: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Duration {
        self.max_age.map_or(life, |max_age| life.min(created_at + max_age - now))
    }

    /// Whether a session that was begun at `created_at` is still fresh (core.md §15.3).
    pub fn is_fresh(&self, created_at: OffsetDateTime, now: OffsetDateTime) -> bool {
        self.fresh_age.is_zero() || now - created_at < self.fresh_age
    }
}
