//! The settings of the cached session in a cookie.

use time::Duration;

use super::{ConfigError, Vars};

/// How a session is cached in the browser: `session.cookieCache` at Better Auth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CookieCache {
    /// `COOKIE_CACHE`: how the cookie is written.
    pub strategy: CacheStrategy,
    /// `COOKIE_CACHE_MAX_AGE`: the longest that a revoked session may still be believed.
    pub max_age: Duration,
    /// `COOKIE_CACHE_VERSION`: another text makes every cookie that is out there worthless.
    pub version: String,
}

/// The three forms of the cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheStrategy {
    /// Signed JSON, the shortest.
    Compact,
    /// A signed JWT, which others who know the secret can read by their own libraries.
    Jwt,
    /// An encrypted JWT: the browser's owner can't read it.
    Jwe,
}

impl CookieCache {
    /// `None` where `COOKIE_CACHE` is `off` or unset.
    pub(crate) fn from_vars(vars: &Vars<'_>) -> Result<Option<Self>, ConfigError> {
        let strategy =
            vars.parse("COOKIE_CACHE", "off, compact, jwt or jwe", |text| match text {
                "off" => Some(None),
                "compact" => Some(Some(CacheStrategy::Compact)),
                "jwt" => Some(Some(CacheStrategy::Jwt)),
                "jwe" => Some(Some(CacheStrategy::Jwe)),
                _ => None,
            })?;
        // Read and checked even when it is off: a mistake shows before the day it is turned on.
        let max_age = vars.seconds("COOKIE_CACHE_MAX_AGE", 1..=34_560_000, 300)?;
        let version = vars.get("COOKIE_CACHE_VERSION").unwrap_or_else(|| "1".to_owned());
        Ok(strategy.flatten().map(|strategy| Self { strategy, max_age, version }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Option<CookieCache>, ConfigError> {
        let var = |name: &str| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        CookieCache::from_vars(&Vars(&var))
    }

    #[test]
    fn off_unless_asked_for() {
        assert_eq!(read(&[]).unwrap(), None);
        assert_eq!(read(&[("COOKIE_CACHE", "off"), ("COOKIE_CACHE_VERSION", "2")]).unwrap(), None);
    }

    #[test]
    fn each_strategy_has_better_auths_defaults() {
        for (name, strategy) in [
            ("compact", CacheStrategy::Compact),
            ("jwt", CacheStrategy::Jwt),
            ("jwe", CacheStrategy::Jwe),
        ] {
            let cache = read(&[("COOKIE_CACHE", name)]).unwrap().unwrap();

            assert_eq!(cache.strategy, strategy);
            assert_eq!((cache.max_age, cache.version.as_str()), (Duration::minutes(5), "1"));
        }
        let set = [
            ("COOKIE_CACHE", "jwe"),
            ("COOKIE_CACHE_MAX_AGE", "60"),
            ("COOKIE_CACHE_VERSION", "2026-11"),
        ];
        let cache = read(&set).unwrap().unwrap();
        assert_eq!((cache.max_age, cache.version.as_str()), (Duration::MINUTE, "2026-11"));
    }

    #[test]
    fn what_is_malformed_is_named_with_its_cure() {
        for (name, value, cure) in [
            ("COOKIE_CACHE", "true", "off, compact, jwt or jwe"),
            ("COOKIE_CACHE_MAX_AGE", "0", "a whole number from 1"),
        ] {
            let message = read(&[(name, value)]).unwrap_err().to_string();
            assert!(message.contains(name) && message.contains(cure), "{message}");
        }
    }
}
