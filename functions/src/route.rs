//! One endpoint as the table has it.

use std::collections::BTreeSet;

use axum::Router;
use axum::http::Method;
use axum::routing::MethodRouter;
use shared::Source;
use shared::audit::Action;
use shared::body::MediaTypes;
use shared::config::{DisabledPaths, warnings};
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
    /// What its Lambda does once, at cold start.
    pub(crate) at_start: fn(&S),
}

/// A row of the table, without its handler.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// As in `sign_in_email`: the function's name in `routes`, and with hyphens the binary's.
    pub name: &'static str,
    /// Where it is reached: methods (`GET`, `POST`) and full paths, the usual one first.
    pub endpoints: &'static [Endpoint],
    pub(crate) rules: Rules,
    /// What the log calls a request of it; `None` for what is nobody's business.
    pub action: Option<Action>,
}

/// A method and a path. A part of the path in braces, as `{token}`, takes any text without a slash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// In full.
    pub path: &'static str,
}

/// What is asked of a request before its handler sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) media_types: MediaTypes,
    pub(crate) origin: OriginPolicy,
    /// Whether the body is looked at.
    pub(crate) reads_body: bool,
    /// The fields of the body that are kept with all that is nested in them.
    pub(crate) nested: &'static [&'static str],
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
        reads_body: true,
        nested: &[],
        limit: Limit::Before,
    };
    /// It stores what it is told a user's name and image are, of any type (core.md §10.2).
    pub(crate) const PROFILE: Self = Self { nested: &["name", "image"], ..Self::STRICT };
    /// Its body is nothing to it, whatever type it has.
    pub(crate) const UNREAD: Self = Self { reads_body: false, ..Self::STRICT };
    /// A page without a script may send it as a form.
    pub(crate) const FORMS: Self = Self { media_types: MediaTypes::FormOrJson, ..Self::STRICT };
    /// Its handler counts the request itself.
    pub(crate) const COMBINED: Self = Self { limit: Limit::Combined, ..Self::STRICT };
    /// The same for one that takes forms.
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

    /// Whether it is reached by this method at this path, as the router knows it.
    pub fn answers(&self, method: &Method, path: &str) -> bool {
        self.endpoints
            .iter()
            .any(|endpoint| endpoint.method == method.as_str() && endpoint.path == path)
    }

    /// The path by which settings name it: the first one, behind the base path. `None` for what is
    /// no endpoint of Better Auth's.
    pub(crate) fn path(&self) -> Option<RoutePath> {
        self.endpoints[0].path.strip_prefix(BASE_PATH).map(RoutePath)
    }

    /// Whether `DISABLED_PATHS` names it, by any of its paths.
    pub(crate) fn is_disabled(&self, disabled: &DisabledPaths) -> bool {
        self.endpoints.iter().any(|endpoint| is_disabled(endpoint.path, disabled))
    }
}

impl Route<Source> {
    /// The same; its Lambda also warns of settings that can't work. For the one that everybody's cookies come
    /// from: the list of public suffixes that it takes is large, and once is enough.
    #[must_use]
    pub fn warning_of_settings(self) -> Self {
        Self { at_start: |source| warnings::warn(source.config()), ..self }
    }
}

impl<S: Clone + Send + Sync + 'static> Route<S> {
    /// A router with this route alone, and nothing in front of it.
    pub(crate) fn router(self, skips_trailing_slashes: bool) -> Router<S> {
        let paths: BTreeSet<_> = self.row.endpoints.iter().map(|endpoint| endpoint.path).collect();
        let add = |router: Router<S>, path: &str| {
            let router = router.route(path, self.handler.clone());
            if skips_trailing_slashes {
                router.route(&format!("{path}/"), self.handler.clone())
            } else {
                router
            }
        };
        paths.into_iter().fold(Router::new(), add)
    }
}

/// Whether `DISABLED_PATHS` names the path of a request.
pub(crate) fn is_disabled(path: &str, disabled: &DisabledPaths) -> bool {
    path.strip_prefix(BASE_PATH).is_some_and(|path| disabled.includes(path))
}
