//! Settings of the cookies: names and attributes. core.md §13.1.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{ConfigError, Vars};
use crate::cookies::CookieKind;

/// What the settings say of the cookies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CookieSettings {
    /// `COOKIE_PREFIX`: what stands before the dot of a name; empty: `better-auth`.
    pub prefix: String,
    /// `USE_SECURE_COOKIES`; unset: whether the base URL is `https`.
    pub is_secure: Option<bool>,
    /// `USE_HOST_COOKIES`: `__Host-` before the names, which ties a cookie to one host (RFC 6265bis, section
    /// 4.1.3.2).
    pub is_host: bool,
    /// `CROSS_SUB_DOMAIN_COOKIES`: all hosts of the domain get them.
    pub crosses_sub_domains: bool,
    /// `COOKIE_DOMAIN`: that domain; unset: the base URL's host.
    pub domain: Option<String>,
    /// `COOKIE_ATTRIBUTES`: for every cookie.
    pub attributes: CookieAttributes,
    /// `COOKIES`: for one cookie.
    pub own: BTreeMap<&'static str, OwnCookie>,
}

/// Attributes that take the place of the usual ones, where set.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CookieAttributes {
    /// `Domain`.
    pub domain: Option<String>,
    /// `Path`.
    pub path: Option<String>,
    /// `Max-Age`, in seconds.
    pub max_age: Option<u64>,
    /// `HttpOnly`: whether scripts are kept away.
    pub http_only: Option<bool>,
    /// `Secure`: over https only.
    pub secure: Option<bool>,
    /// `SameSite`.
    pub same_site: Option<SameSite>,
    /// `Partitioned`.
    pub partitioned: Option<bool>,
}

/// Whether requests from other sites carry a cookie (RFC 6265bis, section 5.6.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SameSite {
    /// Only where the browser navigates.
    #[serde(alias = "Lax")]
    Lax,
    /// Never.
    #[serde(alias = "Strict")]
    Strict,
    /// Always; forces `Secure`.
    #[serde(alias = "None")]
    None,
}

impl SameSite {
    /// As the attribute has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lax => "Lax",
            Self::Strict => "Strict",
            Self::None => "None",
        }
    }
}

/// What one cookie has of its own.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OwnCookie {
    /// In place of `<prefix>.<key>`.
    pub name: Option<String>,
    /// These win over all others.
    pub attributes: CookieAttributes,
}

impl CookieSettings {
    pub(super) fn from_vars(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        let own: BTreeMap<String, OwnCookie> = json(vars, "COOKIES", COOKIES)?.unwrap_or_default();
        let settings = Self {
            prefix: vars.get("COOKIE_PREFIX").unwrap_or_default().trim().to_owned(),
            is_secure: vars.optional_flag("USE_SECURE_COOKIES")?,
            is_host: vars.flag("USE_HOST_COOKIES", false)?,
            crosses_sub_domains: vars.flag("CROSS_SUB_DOMAIN_COOKIES", false)?,
            domain: vars.get("COOKIE_DOMAIN").map(|domain| domain.trim().to_owned()),
            attributes: json(vars, "COOKIE_ATTRIBUTES", ATTRIBUTES)?.unwrap_or_default(),
            own: own
                .into_iter()
                .map(|(key, cookie)| {
                    let kind = CookieKind::ALL.into_iter().find(|kind| kind.key() == key);
                    kind.map(|kind| (kind.key(), cookie))
                        .ok_or_else(|| ConfigError::malformed("COOKIES", COOKIES))
                })
                .collect::<Result<_, _>>()?,
        };
        settings.check()?;
        settings.check_host()?;
        Ok(settings)
    }

    /// A browser drops a `__Host-` cookie that has a domain, another path than `/`, or is not `Secure`.
    fn check_host(&self) -> Result<(), ConfigError> {
        if !self.is_host {
            return Ok(());
        }
        let of_all = self.own.values().map(|own| &own.attributes).chain([&self.attributes]);
        let is_any = |is: fn(&CookieAttributes) -> bool| of_all.clone().any(is);
        let names = self.own.values().filter_map(|own| own.name.as_ref()).chain([&self.prefix]);
        for (is_contradicted, cure) in [
            (
                self.crosses_sub_domains || self.domain.is_some(),
                "a __Host- cookie is for one host alone: leave out CROSS_SUB_DOMAIN_COOKIES and COOKIE_DOMAIN",
            ),
            (
                is_any(|attributes| attributes.domain.is_some()),
                "a __Host- cookie is for one host alone: take domain out of COOKIE_ATTRIBUTES and COOKIES",
            ),
            (
                is_any(|attributes| attributes.path.as_deref().is_some_and(|path| path != "/")),
                "a __Host- cookie has the path /: take path out of COOKIE_ATTRIBUTES and COOKIES",
            ),
            (
                self.is_secure == Some(false)
                    || is_any(|attributes| attributes.secure == Some(false)),
                "a __Host- cookie is Secure: take false out of USE_SECURE_COOKIES, and secure out of \
                 COOKIE_ATTRIBUTES and COOKIES",
            ),
            (
                names
                    .into_iter()
                    .any(|name| name.starts_with("__Host-") || name.starts_with("__Secure-")),
                "it puts __Host- before the names: take __Host- and __Secure- out of COOKIE_PREFIX and COOKIES",
            ),
        ] {
            if is_contradicted {
                return Err(ConfigError::malformed("USE_HOST_COOKIES", cure));
            }
        }
        Ok(())
    }

    /// Nothing may end a line or begin another attribute.
    fn check(&self) -> Result<(), ConfigError> {
        let is_token = |text: &String| {
            text.bytes()
                .all(|byte| byte.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?={}".contains(&byte))
        };
        let is_value =
            |text: &String| text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b';');
        let fits = |attributes: &CookieAttributes| {
            attributes.domain.iter().chain(&attributes.path).all(is_value)
                && attributes.max_age.is_none_or(|secs| secs <= 34_560_000)
        };
        let names = self.own.values().filter_map(|cookie| cookie.name.as_ref());
        for (name, is_right, wanted) in [
            ("COOKIE_PREFIX", is_token(&self.prefix), "letters, digits, dots and hyphens"),
            ("COOKIE_DOMAIN", self.domain.iter().all(is_token), "a domain, like example.com"),
            ("COOKIE_ATTRIBUTES", fits(&self.attributes), ATTRIBUTES),
            (
                "COOKIES",
                names.into_iter().all(|name| is_token(name) && !name.is_empty())
                    && self.own.values().all(|cookie| fits(&cookie.attributes)),
                COOKIES,
            ),
        ] {
            if !is_right {
                return Err(ConfigError::malformed(name, format!("it has to be {wanted}")));
            }
        }
        Ok(())
    }
}

const ATTRIBUTES: &str = "JSON like {\"sameSite\":\"none\",\"partitioned\":true}, of domain, path, \
                          maxAge, httpOnly, secure, sameSite and partitioned; maxAge up to 34560000";
const COOKIES: &str = "JSON like {\"session_token\":{\"name\":\"sid\",\"attributes\":{\"path\":\"/app\"}}}, \
                       of session_token, session_data and dont_remember";

fn json<T: serde::de::DeserializeOwned>(
    vars: &Vars<'_>,
    name: &'static str,
    wanted: &str,
) -> Result<Option<T>, ConfigError> {
    vars.parse(name, wanted, |text| serde_json::from_str(text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> Result<CookieSettings, ConfigError> {
        let var = |name: &str| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        CookieSettings::from_vars(&Vars(&var))
    }

    #[test]
    fn what_would_break_a_line_is_refused() {
        for (name, value) in [
            ("COOKIE_PREFIX", "a;b"),
            ("COOKIE_PREFIX", "a=b"),
            ("COOKIE_DOMAIN", "example.com; Path=/x"),
            ("COOKIE_ATTRIBUTES", "{\"sameSite\":\"sometimes\"}"),
            ("COOKIE_ATTRIBUTES", "{\"path\":\"/;x\"}"),
            ("COOKIE_ATTRIBUTES", "{\"expires\":\"never\"}"),
            ("COOKIE_ATTRIBUTES", "{\"maxAge\":34560001}"),
            ("COOKIES", "{\"state\":{}}"),
            ("COOKIES", "{\"session_token\":{\"name\":\"\"}}"),
            ("COOKIES", "[]"),
        ] {
            let message = settings(&[(name, value)]).unwrap_err().to_string();
            assert!(message.contains(name), "{name} {value}: {message}");
        }
    }

    #[test]
    fn what_a_host_cookie_may_not_have_is_named() {
        for (name, value) in [
            ("COOKIE_DOMAIN", "example.com"),
            ("CROSS_SUB_DOMAIN_COOKIES", "true"),
            ("COOKIE_ATTRIBUTES", "{\"domain\":\"example.com\"}"),
            ("COOKIES", "{\"session_data\":{\"attributes\":{\"domain\":\"example.com\"}}}"),
            ("COOKIE_ATTRIBUTES", "{\"path\":\"/api\"}"),
            ("COOKIES", "{\"session_token\":{\"attributes\":{\"path\":\"/app\"}}}"),
            ("USE_SECURE_COOKIES", "false"),
            ("COOKIE_ATTRIBUTES", "{\"secure\":false}"),
            ("COOKIE_PREFIX", "__Host-acme"),
            ("COOKIES", "{\"session_token\":{\"name\":\"__Secure-sid\"}}"),
        ] {
            assert!(settings(&[(name, value)]).is_ok(), "{name} {value}");
            let both = settings(&[(name, value), ("USE_HOST_COOKIES", "true")]);
            let message = both.unwrap_err().to_string();
            assert!(message.contains("USE_HOST_COOKIES") && message.contains(name), "{message}");
        }
        for (name, value) in [
            ("USE_SECURE_COOKIES", "true"),
            ("COOKIE_ATTRIBUTES", "{\"path\":\"/\",\"sameSite\":\"strict\"}"),
            ("COOKIE_PREFIX", "acme"),
        ] {
            assert!(settings(&[(name, value), ("USE_HOST_COOKIES", "true")]).is_ok(), "{name}");
        }
    }

    #[test]
    fn attributes_are_spelled_as_at_better_auth() {
        let read = settings(&[
            ("COOKIE_ATTRIBUTES", "{\"sameSite\":\"None\",\"partitioned\":true}"),
            (
                "COOKIES",
                "{\"session_token\":{\"name\":\"sid\",\"attributes\":{\"httpOnly\":false}}}",
            ),
        ])
        .unwrap();

        assert_eq!(read.attributes.same_site, Some(SameSite::None));
        assert_eq!(read.own["session_token"].name.as_deref(), Some("sid"));
        assert_eq!(read.own["session_token"].attributes.http_only, Some(false));
    }
}
