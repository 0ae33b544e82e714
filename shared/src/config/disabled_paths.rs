//! Endpoints that are switched off.

use super::Vars;

/// `DISABLED_PATHS`: endpoints that answer 404, as their paths stand behind the base path. core.md §1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DisabledPaths(Vec<String>);

impl DisabledPaths {
    /// Reads a comma-separated list: `/sign-up/email,/delete-user`.
    pub(crate) fn from_vars(vars: &Vars<'_>) -> Self {
        let list = vars.get("DISABLED_PATHS").unwrap_or_default();
        Self(
            list.split(',')
                .map(str::trim)
                .filter(|path| !path.is_empty())
                .map(str::to_owned)
                .collect(),
        )
    }

    /// Whether a path is in the list: without the base path, and exactly but for trailing slashes.
    pub fn includes(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        self.0.iter().any(|disabled| disabled == path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_exact_but_for_slashes_at_the_end_of_the_request() {
        let disabled =
            DisabledPaths::from_vars(&Vars(&|_| Some("/ok, /sign-up/email,".to_owned())));

        assert!(disabled.includes("/ok") && disabled.includes("/ok//"));
        assert!(disabled.includes("/sign-up/email"));
        for path in ["", "/", "/OK", "/sign-up", "/sign-up/email/x", "ok"] {
            assert!(!disabled.includes(path), "{path}");
        }
    }
}
