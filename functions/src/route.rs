//! One endpoint as the table has it.

use axum::Router;
use axum::http::Method;
use axum::routing::MethodRouter;
use shared::body::MediaTypes;
use shared::origin::OriginPolicy;

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
}

impl Rules {
    /// What most endpoints ask.
    pub(crate) const STRICT: Self =
        Self { media_types: MediaTypes::Json, origin: OriginPolicy::Required };
    /// A page without a script may send it as a form.
    pub(crate) const FORMS: Self = Self { media_types: MediaTypes::FormOrJson, ..Self::STRICT };
    /// Scripts that send a cookie need not state an origin.
    pub(crate) const SCRIPTS: Self =
        Self { origin: OriginPolicy::RequiredFromBrowsers, ..Self::STRICT };
}

impl Row {
    /// The binary: `sign-in-email`.
    pub fn binary(&self) -> String {
        self.name.replace('_', "-")
    }

    /// The method as a type.
    pub fn http_method(&self) -> Method {
        self.method.parse().expect("the table holds methods")
    }
}

impl<S: Clone + Send + Sync + 'static> Route<S> {
    /// A router with this route alone, and nothing in front of it.
    pub(crate) fn router(self) -> Router<S> {
        let add = |router: Router<S>, path: &&str| router.route(path, self.handler.clone());
        self.row.paths.iter().fold(Router::new(), add)
    }
}
