//! How often one address may ask, and what one account may be put through. core.md §18.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use time::Duration;

use super::{ConfigError, Mode, Vars};
use crate::glob;

/// A year, in seconds: the longest window that a rule may have.
const LONGEST: i64 = 31_536_000;
const MOST: i32 = 1_000_000;

/// What the special rules guard, by the beginnings of paths: signing in and up, and changing what
/// signs in. The last two are ours: a password can be guessed there as well.
const GUESSED: [&str; 6] = [
    "/sign-in",
    "/sign-up",
    "/change-password",
    "/change-email",
    "/verify-password",
    "/delete-user",
];
/// What makes a mail. All but `/forget-password` are whole paths.
const MAILING: [&str; 4] = [
    "/request-password-reset",
    "/send-verification-email",
    "/email-otp/send-verification-otp",
    "/email-otp/request-password-reset",
];

/// So many uses, until there was a pause of a whole window; for an account: so many in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// At least a second.
    pub window: Duration,
    /// At least 1.
    pub max: i32,
}

impl Rule {
    const fn new(window_secs: i64, max: i32) -> Self {
        Self { window: Duration::seconds(window_secs), max }
    }
}

/// `RATE_LIMIT_*` and `ACCOUNT_*`. Nothing at all is limited where `RATE_LIMIT_ENABLED` is off, which
/// it is on a laptop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimits {
    is_enabled: bool,
    /// `RATE_LIMIT_GENERAL`, with `RATE_LIMIT_WINDOW` and `RATE_LIMIT_MAX`: for every path that no
    /// other rule has. Off by default: it costs every request a statement.
    general: Option<Rule>,
    /// `RATE_LIMIT_RULES`, in the order written; `None` exempts.
    custom: Vec<(String, Option<Rule>)>,
    failures: Option<Rule>,
    mails: Option<Rule>,
}

impl RateLimits {
    pub(crate) fn from_vars(vars: &Vars<'_>, mode: Mode) -> Result<Self, ConfigError> {
        let enabled = flag(vars, "RATE_LIMIT_ENABLED")?;
        let rule = |window: (&'static str, i64), max: (&'static str, i32)| {
            Ok(Rule {
                window: vars.seconds(window.0, 1..=LONGEST, window.1)?,
                max: vars.number(max.0, 1..=MOST, max.1)?,
            })
        };
        // 0 turns a limit of accounts off.
        let account_rule = |window: (&'static str, i64), max: (&'static str, i32)| {
            let max = vars.number(max.0, 0..=MOST, max.1)?;
            let window = vars.seconds(window.0, 0..=LONGEST, window.1)?;
            Ok((max > 0 && window.is_positive()).then_some(Rule { window, max }))
        };
        let general = rule(("RATE_LIMIT_WINDOW", 10), ("RATE_LIMIT_MAX", 100))?;
        Ok(Self {
            is_enabled: enabled.unwrap_or(mode != Mode::Development),
            general: flag(vars, "RATE_LIMIT_GENERAL")?.unwrap_or(false).then_some(general),
            custom: match vars.get("RATE_LIMIT_RULES") {
                Some(json) => custom(&json)?,
                None => Vec::new(),
            },
            failures: account_rule(("ACCOUNT_FAILURES_WINDOW", 900), ("ACCOUNT_MAX_FAILURES", 10))?,
            mails: account_rule(("ACCOUNT_MAILS_WINDOW", 3600), ("ACCOUNT_MAX_MAILS", 5))?,
        })
    }

    /// The rule of a path, as it stands behind the base path. The first custom rule that fits
    /// replaces what is built in.
    pub fn rule(&self, path: &str) -> Option<Rule> {
        if !self.is_enabled {
            return None;
        }
        let fits = |(pattern, _): &&(String, Option<Rule>)| glob::matches_path(pattern, path);
        match self.custom.iter().find(fits) {
            Some((_, rule)) => *rule,
            None => special(path).or(self.general),
        }
    }

    /// `ACCOUNT_MAX_FAILURES` in `ACCOUNT_FAILURES_WINDOW`: failed sign-ins of one account, wherever
    /// they come from. `None` where it is off.
    pub fn failures(&self) -> Option<Rule> {
        self.failures.filter(|_| self.is_enabled)
    }

    /// `ACCOUNT_MAX_MAILS` in `ACCOUNT_MAILS_WINDOW`: mails that strangers can have sent to one
    /// account. `None` where it is off.
    pub fn mails(&self) -> Option<Rule> {
        self.mails.filter(|_| self.is_enabled)
    }

    /// The longest window of a sliding counter: its row must not be deleted before.
    pub fn longest_window(&self) -> Duration {
        let custom = self.custom.iter().filter_map(|(_, rule)| *rule);
        let windows = custom.chain(self.general).map(|rule| rule.window);
        windows.chain([Duration::MINUTE]).max().unwrap_or(Duration::MINUTE)
    }
}

/// The rules that Better Auth has built in.
fn special(path: &str) -> Option<Rule> {
    if MAILING.contains(&path) || path.starts_with("/forget-password") {
        return Some(Rule::new(60, 3));
    }
    GUESSED.iter().any(|start| path.starts_with(start)).then_some(Rule::new(10, 3))
}

fn flag(vars: &Vars<'_>, name: &'static str) -> Result<Option<bool>, ConfigError> {
    vars.parse(name, "true or false", |text| match text {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    })
}

fn custom(json: &str) -> Result<Vec<(String, Option<Rule>)>, ConfigError> {
    let malformed = |problem: &str| {
        let form = r#"{"/sign-in/*": {"window": 10, "max": 3}, "/get-session": false}"#;
        ConfigError::malformed("RATE_LIMIT_RULES", format!("{problem}; write it like {form}"))
    };
    let Rules(rules) = serde_json::from_str(json).map_err(|error| malformed(&error.to_string()))?;
    match rules.iter().find(|(path, _)| !path.starts_with(['/', '*'])) {
        Some((path, _)) => Err(malformed(&format!(
            "`{path}` is no path: it begins behind the base path, with a /"
        ))),
        None => Ok(rules),
    }
}

/// A JSON object in the order in which it is written: of two patterns that fit, the first counts.
struct Rules(Vec<(String, Option<Rule>)>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    window: i64,
    max: i32,
}

impl<'de> Deserialize<'de> for Rules {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RulesVisitor)
    }
}

struct RulesVisitor;

impl<'de> Visitor<'de> for RulesVisitor {
    type Value = Rules;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a rule for each path")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Rules, A::Error> {
        let mut rules = Vec::new();
        while let Some((path, value)) = map.next_entry::<String, serde_json::Value>()? {
            if value == serde_json::Value::Bool(false) {
                rules.push((path, None));
                continue;
            }
            let rule: Written = serde_json::from_value(value)
                .map_err(|error| A::Error::custom(format!("the rule of {path}: {error}")))?;
            if !(1..=LONGEST).contains(&rule.window) || !(1..=MOST).contains(&rule.max) {
                return Err(A::Error::custom(format!(
                    "the rule of {path}: window is seconds from 1 to {LONGEST}, max is from 1 to {MOST}"
                )));
            }
            rules.push((path, Some(Rule::new(rule.window, rule.max))));
        }
        Ok(Rules(rules))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(mode: Mode, pairs: &[(&str, &str)]) -> Result<RateLimits, ConfigError> {
        let var = |name: &str| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        RateLimits::from_vars(&Vars(&var), mode)
    }

    #[test]
    fn limits_are_for_production_unless_told_otherwise() {
        let is_on = |mode, pairs: &[(&str, &str)]| {
            let limits = limits(mode, pairs).unwrap();
            let on = limits.rule("/sign-in/email").is_some();
            assert_eq!((limits.failures().is_some(), limits.mails().is_some()), (on, on));
            on
        };

        assert!(!is_on(Mode::Development, &[]));
        assert!(is_on(Mode::Production, &[]));
        assert!(is_on(Mode::Lambda, &[]));
        assert!(is_on(Mode::Development, &[("RATE_LIMIT_ENABLED", "true")]));
        assert!(!is_on(Mode::Lambda, &[("RATE_LIMIT_ENABLED", "0")]));
    }

    #[test]
    fn the_rules_are_better_auths() {
        let limits = limits(Mode::Production, &[]).unwrap();
        for (path, expected) in [
            ("/sign-in/email", Some((10, 3))),
            ("/sign-in/social", Some((10, 3))),
            ("/sign-up/email", Some((10, 3))),
            ("/change-password", Some((10, 3))),
            ("/change-email", Some((10, 3))),
            ("/request-password-reset", Some((60, 3))),
            ("/send-verification-email", Some((60, 3))),
            ("/forget-password/email-otp", Some((60, 3))),
            ("/email-otp/send-verification-otp", Some((60, 3))),
            ("/get-session", None),
            ("/sign-out", None),
            ("/reset-password", None),
        ] {
            let rule = expected.map(|(window, max)| Rule::new(window, max));
            assert_eq!(limits.rule(path), rule, "{path}");
        }
        assert_eq!(limits.failures(), Some(Rule::new(900, 10)));
        assert_eq!(limits.mails(), Some(Rule::new(3600, 5)));
    }

    #[test]
    fn the_general_rule_is_for_what_no_other_rule_has() {
        let limits = limits(
            Mode::Production,
            &[("RATE_LIMIT_GENERAL", "true"), ("RATE_LIMIT_WINDOW", "5"), ("RATE_LIMIT_MAX", "4")],
        )
        .unwrap();

        assert_eq!(limits.rule("/get-session"), Some(Rule::new(5, 4)));
        assert_eq!(limits.rule("/sign-in/email"), Some(Rule::new(10, 3)));
    }

    #[test]
    fn the_first_rule_of_the_list_that_fits_replaces_the_others() {
        let rules = r#"{"/sign-in/**":{"window":60,"max":9},"/**":{"window":7200,"max":2},"/sign-out":false}"#;
        let first = limits(Mode::Production, &[("RATE_LIMIT_RULES", rules)]).unwrap();

        assert_eq!(first.rule("/sign-in/a/b"), Some(Rule::new(60, 9)));
        assert_eq!(first.rule("/sign-out"), Some(Rule::new(7200, 2)), "`/**` stands before it");
        assert_eq!(first.longest_window(), Duration::hours(2));

        let rules = r#"{"/sign-in/email":false,"/sign-in/*":{"window":1,"max":1}}"#;
        let exempt = limits(Mode::Production, &[("RATE_LIMIT_RULES", rules)]).unwrap();
        assert_eq!(exempt.rule("/sign-in/email"), None);
        assert_eq!(exempt.rule("/sign-in/social"), Some(Rule::new(1, 1)));
    }

    #[test]
    fn zero_turns_a_limit_of_accounts_off() {
        let off = limits(
            Mode::Production,
            &[("ACCOUNT_MAX_FAILURES", "0"), ("ACCOUNT_MAILS_WINDOW", "0")],
        )
        .unwrap();

        assert_eq!((off.failures(), off.mails()), (None, None));
    }

    #[test]
    fn what_is_malformed_is_named_with_its_cure() {
        for (name, value, cure) in [
            ("RATE_LIMIT_ENABLED", "maybe", "true or false"),
            ("RATE_LIMIT_WINDOW", "0", "a whole number from 1"),
            ("RATE_LIMIT_RULES", "[]", "/get-session"),
            ("RATE_LIMIT_RULES", r#"{"/a":true}"#, "the rule of /a"),
            ("RATE_LIMIT_RULES", r#"{"/a":{"window":10}}"#, "missing field `max`"),
            ("RATE_LIMIT_RULES", r#"{"/a":{"window":10,"max":0}}"#, "max is from 1"),
            ("RATE_LIMIT_RULES", r#"{"/a":{"window":10,"max":1,"maximum":2}}"#, "unknown field"),
            ("RATE_LIMIT_RULES", r#"{"sign-in":false}"#, "with a /"),
            ("ACCOUNT_MAX_FAILURES", "-1", "a whole number"),
        ] {
            let message = limits(Mode::Lambda, &[(name, value)]).unwrap_err().to_string();
            assert!(message.contains(name) && message.contains(cure), "{message}");
        }
    }
}
