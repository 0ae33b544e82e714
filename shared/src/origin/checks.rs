//! Switching the checks off. core.md §17.5.

use crate::config::{ConfigError, Vars};

/// `DISABLE_CSRF_CHECK` and `DISABLE_ORIGIN_CHECK`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OriginChecks {
    is_csrf_disabled: Option<bool>,
    exempt: Exempt,
}

/// Where no origin is checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Exempt {
    #[default]
    Nowhere,
    Everywhere,
    /// Where a path begins with one of these.
    Below(Vec<String>),
}

/// What is checked at one endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checks {
    /// That a request with a cookie comes from a trusted page.
    pub origin: bool,
    /// That no foreign page signs its visitor in with a form.
    pub navigation: bool,
    /// That URL fields lead to trusted ground.
    pub url_fields: bool,
}

impl Checks {
    /// Everything: what holds unless the settings say otherwise.
    pub const ALL: Self = Self { origin: true, navigation: true, url_fields: true };
}

impl OriginChecks {
    pub(crate) fn from_vars(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        let flag = |text: &str| match text {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        };
        let exempt = |text: &str| match flag(text) {
            Some(true) => Some(Exempt::Everywhere),
            Some(false) => Some(Exempt::Nowhere),
            None => {
                let paths: Vec<_> = text.split(',').map(|path| path.trim().to_owned()).collect();
                // A lone slash would be everywhere.
                let are_paths = paths.iter().all(|path| path.starts_with('/') && path.len() > 1);
                are_paths.then_some(Exempt::Below(paths))
            }
        };
        let wanted = "true, false or a list of paths like /sign-in/email,/callback";
        let checks = Self {
            is_csrf_disabled: vars.parse("DISABLE_CSRF_CHECK", "true or false", flag)?,
            exempt: vars.parse("DISABLE_ORIGIN_CHECK", wanted, exempt)?.unwrap_or_default(),
        };
        if checks.is_csrf_disabled == Some(true) {
            tracing::warn!("DISABLE_CSRF_CHECK: pages of strangers can act for your users");
        }
        if checks.exempt == Exempt::Everywhere {
            tracing::warn!("DISABLE_ORIGIN_CHECK: links of yours can lead anywhere");
        }
        Ok(checks)
    }

    /// What is checked at an endpoint, by its path behind the base path.
    pub fn at(&self, path: &str) -> Checks {
        let is_exempt = match &self.exempt {
            Exempt::Nowhere => false,
            Exempt::Everywhere => true,
            Exempt::Below(paths) => paths.iter().any(|start| {
                // Whole parts of it: `/sign` is no part of `/sign-in`.
                path.strip_prefix(start.trim_end_matches('/'))
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }),
        };
        let everywhere = self.exempt == Exempt::Everywhere;
        Checks {
            origin: match self.is_csrf_disabled {
                Some(true) => false,
                // Said explicitly: it stays, though origins are not checked elsewhere.
                Some(false) => everywhere || !is_exempt,
                None => !is_exempt,
            },
            navigation: !self.is_csrf_disabled.unwrap_or(everywhere),
            url_fields: !is_exempt,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checks(csrf: &str, origin: &str) -> Result<OriginChecks, ConfigError> {
        let value = |name: &str| match name {
            "DISABLE_CSRF_CHECK" => Some(csrf.to_owned()),
            "DISABLE_ORIGIN_CHECK" => Some(origin.to_owned()),
            _ => None,
        };
        OriginChecks::from_vars(&Vars(&value))
    }

    #[test]
    fn each_switch_turns_off_what_is_its_own() {
        for (csrf, origin, path, expected) in [
            ("", "", "/sign-in/email", (true, true, true)),
            ("false", "false", "/sign-in/email", (true, true, true)),
            ("true", "", "/sign-in/email", (false, false, true)),
            ("", "true", "/sign-in/email", (false, false, false)),
            ("false", "true", "/sign-in/email", (true, true, false)),
            ("true", "true", "/sign-in/email", (false, false, false)),
            ("", "/sign-in, /callback", "/sign-in/email", (false, true, false)),
            ("", "/sign-in,/callback", "/sign-up/email", (true, true, true)),
            ("false", "/sign-in", "/sign-in/email", (false, true, false)),
        ] {
            let Checks { origin: checks_origin, navigation, url_fields } =
                checks(csrf, origin).unwrap().at(path);
            assert_eq!((checks_origin, navigation, url_fields), expected, "{csrf} {origin} {path}");
        }
    }

    #[test]
    fn what_is_neither_a_switch_nor_a_list_of_paths_is_refused() {
        for (csrf, origin) in [("yes", ""), ("", "sign-in"), ("", "/"), ("", "/a,,/b"), ("", "*")] {
            assert!(checks(csrf, origin).is_err(), "{csrf} {origin}");
        }
    }
}
