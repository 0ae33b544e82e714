//! Every endpoint in one table.
//!
//! Each row becomes a function that gives its route (what a Lambda serves), a part of [`all`] (what
//! the local server and the tests mount), and an entry of [`TABLE`].

use axum::Router;
use axum::extract::Request;
use axum::routing::any;
use shared::Source;

use crate::pipeline;
use crate::route::{Route, Row, Rules};
use crate::{get_session, health, ok, sign_in, sign_out, sign_up};

/// `name: method "/path", … [rules] => handler;`. Rows under `with Source` get the database and the
/// keys; rows under `alone` reach neither, so that the linker leaves both out of their Lambdas.
macro_rules! routes {
    (
        with Source { $($name:ident: $method:ident $($path:literal),+ [$rules:ident] => $handler:path;)+ }
        alone { $($lone_name:ident: $lone_method:ident $($lone_path:literal),+ => $lone_handler:path;)+ }
    ) => {
        $(
            #[doc = concat!("The route of `", stringify!($handler), "`.")]
            pub fn $name() -> Route<Source> {
                Route { row: rows::$name, handler: any($handler) }
            }
        )+
        $(
            #[doc = concat!("The route of `", stringify!($lone_handler), "`.")]
            pub fn $lone_name() -> Route<()> {
                Route { row: rows::$lone_name, handler: any($lone_handler) }
            }
        )+

        #[expect(non_upper_case_globals, reason = "named as the functions beside it")]
        mod rows {
            use super::{Row, Rules};

            $(pub(super) const $name: Row = Row {
                name: stringify!($name),
                method: routes!(@method $method),
                paths: &[$($path),+],
                rules: Rules::$rules,
            };)+
            $(pub(super) const $lone_name: Row = Row {
                name: stringify!($lone_name),
                method: routes!(@method $lone_method),
                paths: &[$($lone_path),+],
                rules: Rules::STRICT,
            };)+
        }

        /// Every row.
        pub const TABLE: &[Row] = &[$(rows::$name,)+ $(rows::$lone_name,)+];

        /// Every endpoint in one router; anything else is 404 with no body.
        pub fn all(source: &Source) -> Router {
            let alone = Router::new()$(.merge(pipeline::alone_among($lone_name(), source)))+;
            let endpoints = Router::new()$(.merge(pipeline::with_source($name(), source)))+;
            let unknown = source.clone();
            endpoints.merge(alone).fallback(move |request: Request| pipeline::unknown(unknown, request))
        }
    };
    (@method get) => { "GET" };
    (@method post) => { "POST" };
}

routes! {
    with Source {
        sign_up_email: post "/api/auth/sign-up/email" [COMBINED_FORMS] => sign_up::email::handler;
        sign_in_email: post "/api/auth/sign-in/email" [COMBINED_FORMS] => sign_in::email::handler;
        sign_out: post "/api/auth/sign-out" [SCRIPTS] => sign_out::handler;
        get_session: get "/api/auth/get-session", "/api/auth/session" [STRICT] => get_session::handler;
    }
    alone {
        ok: get "/api/auth/ok" => ok::handler;
        health: get "/health" => health::handler;
    }
}
