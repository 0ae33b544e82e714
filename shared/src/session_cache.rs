//! The cached session: `session_data`, a cookie that answers for the store for some minutes.
//! core.md §13.4; at Better Auth `setCookieCache` and `decodeCookieCache` of `cookies/index.ts`.
//!
//! Either side reads what the other has written. What is refused here costs one look into the
//! store, so in doubt a cookie is refused.

mod compact;
mod json_text;
mod shape;

use serde_json::{Map, Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::config::{CacheStrategy, CookieCache};
use crate::db::session::Cutoff;
use crate::keys::Keyring;

/// What the key of the encrypted form is derived with.
const SALT: &str = "better-auth-session";

/// A session and its user as they were at `updated_at`. Members come in the order of Better Auth's
/// schema, additional ones last.
#[derive(Clone, Debug, PartialEq)]
pub struct Cached {
    /// As the API shows it.
    pub session: Map<String, Value>,
    /// As the API shows it.
    pub user: Map<String, Value>,
    /// When the store was asked; milliseconds are its finest digits.
    pub updated_at: OffsetDateTime,
}

/// The cookie's value. `session` and `user` are objects as the API shows them, their instants texts
/// with three fractional digits.
pub fn encode(
    keys: &Keyring,
    cache: &CookieCache,
    session: &Value,
    user: &Value,
    is_remembered: bool,
    now: OffsetDateTime,
) -> String {
    let mut payload = Map::from_iter([
        ("session".to_owned(), session.clone()),
        ("user".to_owned(), user.clone()),
        ("updatedAt".to_owned(), millis(now).into()),
        ("version".to_owned(), cache.version.clone().into()),
    ]);
    let lifetime = lifetime(cache, is_remembered);
    match cache.strategy {
        CacheStrategy::Compact => compact::seal(keys, &payload, millis(now + lifetime), now),
        CacheStrategy::Jwt => {
            let issued_at = now.unix_timestamp();
            payload.insert("iat".to_owned(), json!(issued_at));
            payload.insert("exp".to_owned(), json!(issued_at + lifetime.whole_seconds()));
            keys.sign_jwt(&payload, now)
        }
        CacheStrategy::Jwe => keys.encrypt_jwt(payload, SALT, lifetime, now),
    }
}

/// Reads a cookie's value, joined if it came in chunks. `session_token` is the request's own, its
/// signature already checked: a cached session of another token does not count.
///
/// `None` for what is malformed, forged, expired, of another version, or caches a dead session.
pub fn decode(
    keys: &Keyring,
    cache: &CookieCache,
    cookie: &str,
    session_token: &str,
    cutoff: Cutoff,
) -> Option<Cached> {
    let now = cutoff.now;
    let (mut payload, expires_at) = match cache.strategy {
        CacheStrategy::Compact => compact::open(keys, cookie, now)?,
        CacheStrategy::Jwt => with_expiry(keys.verify_jwt(cookie, now).ok()?)?,
        CacheStrategy::Jwe => with_expiry(keys.decrypt_jwt(cookie, SALT, now)?)?,
    };
    // Better Auth looks at the end of a cookie again after decrypting it: the tolerance of the
    // encrypted form never makes one last longer.
    #[expect(clippy::cast_precision_loss, reason = "milliseconds are exact for 285,000 years")]
    if expires_at < millis(now) as f64 {
        return None;
    }
    let session = shape::session(payload.get_mut("session")?.take())?;
    let user = shape::user(payload.get_mut("user")?.take())?;
    let updated_at = instant(payload.get("updatedAt")?.as_f64()?)?;
    let version = payload.get("version").map_or(Some(""), Value::as_str)?;
    let version = if version.is_empty() { "1" } else { version };
    let instant_of = |name| OffsetDateTime::parse(session.get(name)?.as_str()?, &Rfc3339).ok();
    let (expires_at, created_at) = (instant_of("expiresAt")?, instant_of("createdAt")?);
    let counts = session.get("token")? == session_token
        && version == cache.version
        && millis(expires_at) >= millis(now)
        && cutoff.begun_since.is_none_or(|since| created_at >= since);
    counts.then_some(Cached { session, user, updated_at })
}

/// Without "remember me" the forms differ, as at Better Auth; but never longer than the setting, which
/// is how long a revoked session may be believed.
fn lifetime(cache: &CookieCache, is_remembered: bool) -> Duration {
    match cache.strategy {
        _ if is_remembered => cache.max_age,
        CacheStrategy::Compact => Duration::MINUTE.min(cache.max_age),
        CacheStrategy::Jwt | CacheStrategy::Jwe => Duration::minutes(5).min(cache.max_age),
    }
}

/// A token's claims, and its `exp` in milliseconds: here one has to be there.
fn with_expiry(claims: Map<String, Value>) -> Option<(Map<String, Value>, f64)> {
    let expires_at = claims.get("exp")?.as_f64()? * 1000.0;
    Some((claims, expires_at))
}

/// Milliseconds since 1970, as JavaScript counts.
fn millis(at: OffsetDateTime) -> i64 {
    at.unix_timestamp() * 1000 + i64::from(at.millisecond())
}

fn instant(millis: f64) -> Option<OffsetDateTime> {
    #[expect(clippy::cast_possible_truncation, reason = "saturates, and then is no instant")]
    let nanos = i128::from(millis as i64) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()
}

#[cfg(test)]
mod tests;
