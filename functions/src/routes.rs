//! Every endpoint in one table.
//!
//! Each row becomes a function that gives its route (what a Lambda serves), a part of [`all`] (what
//! the local server and the tests mount), and an entry of [`TABLE`].

use axum::Router;
use axum::extract::Request;
use axum::routing::any;
use shared::Source;
use shared::audit::Action;

use crate::pipeline;
use crate::route::{Endpoint, Route, Row, Rules};
use crate::{
    change_email, change_password, delete_user, error_page, get_session, health, list_accounts,
    list_sessions, ok, request_password_reset, reset_password, revoke_other_sessions,
    revoke_session, revoke_sessions, send_verification_email, sign_in, sign_out, sign_up,
    unlink_account, update_session, update_user, verify_email, verify_password,
};

/// `name: method "/path", method "/path", … [rules] Action => handler;`. Rows under `with Source` get the database and
/// the keys; rows under `alone` reach neither, so that the linker leaves both out of their Lambdas.
macro_rules! routes {
    (
        with Source { $($name:ident: $($method:ident $path:literal),+ [$rules:ident] $action:ident => $handler:path;)+ }
        alone { $($lone_name:ident: $($lone_method:ident $lone_path:literal),+ => $lone_handler:path;)+ }
    ) => {
        $(
            #[doc = concat!("The route of `", stringify!($handler), "`.")]
            pub fn $name() -> Route<Source> {
                Route { row: rows::$name, handler: any($handler), at_start: |_| () }
            }
        )+
        $(
            #[doc = concat!("The route of `", stringify!($lone_handler), "`.")]
            pub fn $lone_name() -> Route<()> {
                Route { row: rows::$lone_name, handler: any($lone_handler), at_start: |()| () }
            }
        )+

        #[expect(non_upper_case_globals, reason = "named as the functions beside it")]
        mod rows {
            use super::{Action, Endpoint, Row, Rules};

            $(pub(super) const $name: Row = Row {
                name: stringify!($name),
                endpoints: &[$(Endpoint { method: routes!(@method $method), path: $path }),+],
                rules: Rules::$rules,
                action: Some(Action::$action),
            };)+
            $(pub(super) const $lone_name: Row = Row {
                name: stringify!($lone_name),
                endpoints: &[$(Endpoint { method: routes!(@method $lone_method), path: $lone_path }),+],
                rules: Rules::STRICT,
                action: None,
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
        sign_up_email: post "/api/auth/sign-up/email" [COMBINED_FORMS] SignUp => sign_up::email::handler;
        sign_in_email: post "/api/auth/sign-in/email" [COMBINED_FORMS] SignIn => sign_in::email::handler;
        sign_out: post "/api/auth/sign-out" [SCRIPTS] SignOut => sign_out::handler;
        get_session: get "/api/auth/get-session", get "/api/auth/session", post "/api/auth/get-session" [UNREAD] GetSession => get_session::handler;
        list_sessions: get "/api/auth/list-sessions" [STRICT] ListSessions => list_sessions::handler;
        revoke_session: post "/api/auth/revoke-session" [STRICT] RevokeSession => revoke_session::handler;
        revoke_sessions: post "/api/auth/revoke-sessions" [STRICT] RevokeSessions => revoke_sessions::handler;
        revoke_other_sessions: post "/api/auth/revoke-other-sessions" [STRICT] RevokeOtherSessions => revoke_other_sessions::handler;
        update_session: post "/api/auth/update-session" [STRICT] UpdateSession => update_session::handler;
        request_password_reset: post "/api/auth/request-password-reset" [COMBINED] RequestPasswordReset => request_password_reset::handler;
        get_reset_password: get "/api/auth/reset-password/{token}" [STRICT] GetResetPassword => reset_password::link::handler;
        reset_password: post "/api/auth/reset-password" [STRICT] ResetPassword => reset_password::handler;
        verify_password: post "/api/auth/verify-password" [COMBINED] VerifyPassword => verify_password::handler;
        change_password: post "/api/auth/change-password" [COMBINED] ChangePassword => change_password::handler;
        send_verification_email: post "/api/auth/send-verification-email" [COMBINED] SendVerificationEmail => send_verification_email::handler;
        verify_email: get "/api/auth/verify-email" [STRICT] VerifyEmail => verify_email::handler;
        change_email: post "/api/auth/change-email" [COMBINED] ChangeEmail => change_email::handler;
        update_user: post "/api/auth/update-user" [PROFILE] UpdateUser => update_user::handler;
        delete_user: post "/api/auth/delete-user" [COMBINED] DeleteUser => delete_user::handler;
        delete_user_callback: get "/api/auth/delete-user/callback" [STRICT] DeleteUser => delete_user::callback::handler;
        list_accounts: get "/api/auth/list-accounts" [STRICT] ListAccounts => list_accounts::handler;
        unlink_account: post "/api/auth/unlink-account" [STRICT] UnlinkAccount => unlink_account::handler;
        error: get "/api/auth/error" [STRICT] ErrorPage => error_page::handler;
    }
    alone {
        ok: get "/api/auth/ok" => ok::handler;
        health: get "/health" => health::handler;
    }
}
