//! One endpoint as the table has it.

use axum::Router;
use axum::http::Method;
use axum::routing::MethodRouter;
use shared::body::MediaTypes;
use shared::config::DisabledPaths;
use shared::origin::{OriginPolicy, RoutePath};

/// Where Better Auth's endpoints are.
const BASE_PATH: &str = "/api/auth";

/// One endpoint: one Lambda, one or more paths.
#[derive(Clone)]
pub struct Route<S> {
    /// What every endpoint has.
    pub row: Row,
    /// For any method: the pipeline refuses all but the row's. axum's own refusal is 405 with `Allow`,
    /// and it would answer HEAD; Better Auth answers 404 to both (core.md §1).
    pub(crate) handler: MethodRouter<S>,
}

/// A row of the table, without its handler.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// As in `sign_in_email`: the function's name in `routes`, and with hyphens the binary's.
    pub name: &'static str,
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Where it is reached, in full.
    pub paths: &'static [&'static str],
    pub(crate) rules: Rules,
}

/// What is asked of a request before its handler sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) media_types: MediaTypes,
    pub(crate) origin: OriginPolicy,
    pub(crate) limit: Limit,
}

/// Who counts a request against its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    /// The pipeline, before it reads the body; costs a statement where a rule is for the path.
    Before,
    /// The handler, in its first statement: it extracts `Counters`. The pipeline still counts what
    /// did not get that far.
    Combined,
}

impl Rules {
    /// What most endpoints ask.
    pub(crate) const STRICT: Self = Self {
        media_types: MediaTypes::Json,
        origin: OriginPolicy::Required,
        limit: Limit::Before,
    };
    /// A page without a script may send it as a form.
    pub(crate) const FORMS: Self = Self { media_types: MediaTypes::FormOrJson, ..Self::STRICT };
    /// The same, and the handler counts the request itself.
    pub(crate) const COMBINED_FORMS: Self = Self { limit: Limit::Combined, ..Self::FORMS };
    /// Scripts that send a cookie need not state an origin.
    pub(crate) const SCRIPTS: Self =
        Self { origin: OriginPolicy::RequiredFromBrowsers, ..Self::STRICT };
}

impl Row {
    /// The binary: `sign-in-email`.
    pub fn binary(&self) -> String {
        self.name.replace('_', "-")
    }

    /// The path by which settings name it: the first one, behind the base path. `None` for what is
    /// no endpoint of Better Auth's.
    pub(crate) fn path(&self) -> Option<RoutePath> {
        self.paths[0].strip_prefix(BASE_PATH).map(RoutePath)
    }

    /// Whether `DISABLED_PATHS` names it, by any of its paths.
    pub(crate) fn is_disabled(&self, disabled: &DisabledPaths) -> bool {
        self.paths.iter().any(|path| is_disabled(path, disabled))
    }

    /// The method as a type.
    pub fn http_method(&self) -> Method {
        self.method.parse().expect("the table holds methods")
    }
}

impl<S: Clone + Send + Sync + 'static> Route<S> {
    /// A router with this route alone, and nothing in front of it.
    pub(crate) fn router(self, skips_trailing_slashes: bool) -> Router<S> {
        let add = |router: Router<S>, path: &&str| {
            let router = router.route(path, self.handler.clone());
            if skips_trailing_slashes {
                router.route(&format!("{path}/"), self.handler.clone())
            } else {
                router
            }
        };
        self.row.paths.iter().fold(Router::new(), add)
    }
}

/// Whether `DISABLED_PATHS` names the path of a request.
pub(crate) fn is_disabled(path: &str, disabled: &DisabledPaths) -> bool {
    path.strip_prefix(BASE_PATH).is_some_and(|path| disabled.includes(path))
}
