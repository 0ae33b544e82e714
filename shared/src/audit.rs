//! Who did what, from where, and what came of it: one event of a request. `docs/EVENTS.md` lists them.
//!
//! The pipeline begins an event with the route's [`Action`] and writes it once the answer is there, so
//! no handler can forget one or write two. What lies between notes who it was, and what it turned out
//! to be where an endpoint does more than one thing.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::http::{HeaderMap, StatusCode};

use crate::client;
use crate::db::session::{Holder, Revoked};
use crate::error::{Error, LoggedCode};

/// The target of the events in the log: they are written at `info` whatever `LOG_LEVEL` is, unless
/// that is `off`.
pub const TARGET: &str = "audit";

/// A longer `User-Agent` is cut.
const USER_AGENT_BYTES: usize = 256;

const FAILURE: &str = "failure";
const UNKNOWN: &str = "unknown";

macro_rules! actions {
    ($($(#[$doc:meta])+ $name:ident = $text:literal,)+) => {
        /// What a request does, or is refused to do. Named as its route is, where a route does one thing.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Action { $($(#[$doc])+ $name,)+ }

        impl Action {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// As it stands in the log. It stays.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }
        }
    };
}

actions! {
    /// A user is made.
    SignUp = "sign_up",
    /// A session for who shows a password.
    SignIn = "sign_in",
    /// The end of the session that asks for it.
    SignOut = "sign_out",
    /// The end of one session of the user's.
    RevokeSession = "revoke_session",
    /// The end of all sessions of the user's.
    RevokeSessions = "revoke_sessions",
    /// The end of all but the one that asks for it.
    RevokeOtherSessions = "revoke_other_sessions",
    /// Additional fields of a session are written.
    UpdateSession = "update_session",
    /// A reset link is asked for.
    RequestPasswordReset = "request_password_reset",
    /// A reset link is followed.
    GetResetPassword = "get_reset_password",
    /// A new password with a mailed token.
    ResetPassword = "reset_password",
    /// Somebody who is signed in shows the password.
    VerifyPassword = "verify_password",
    /// A new password in place of a known one.
    ChangePassword = "change_password",
    /// A link that proves an address is asked for.
    SendVerificationEmail = "send_verification_email",
    /// An address is proven.
    VerifyEmail = "verify_email",
    /// A mail is asked for that an address may change by.
    RequestEmailChange = "request_email_change",
    /// An address changes.
    ChangeEmail = "change_email",
    /// Name, image or additional fields of a user are written.
    UpdateUser = "update_user",
    /// A mail is asked for that a user may be deleted by.
    RequestUserDeletion = "request_user_deletion",
    /// A user is deleted.
    DeleteUser = "delete_user",
    /// An account is taken away from a user.
    UnlinkAccount = "unlink_account",
    /// The session is read.
    GetSession = "get_session",
    /// A user's sessions are read.
    ListSessions = "list_sessions",
    /// A user's accounts are read.
    ListAccounts = "list_accounts",
    /// The page for failed links.
    ErrorPage = "error_page",
}

impl Action {
    /// Whether it changes nothing and uses no mailed token. Then it is an event only where somebody is
    /// turned away.
    fn is_read(self) -> bool {
        matches!(self, Self::GetSession | Self::ListSessions | Self::ListAccounts | Self::ErrorPage)
    }
}

/// How a request was answered, as far as an event says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Of the answer.
    pub status: StatusCode,
    /// Why it was refused; also where the answer is a redirect that says so.
    pub code: Option<LoggedCode>,
}

impl Answer {
    /// `success`: it did what it is for, and that is committed. `failure`: it was refused. `unknown`: it
    /// failed on our side, and what it is for may have been done.
    fn outcome(self) -> &'static str {
        match self.code {
            _ if self.status.is_server_error() => UNKNOWN,
            Some(_) => FAILURE,
            None if self.status.is_client_error() => FAILURE,
            None => "success",
        }
    }

    fn turns_away(self) -> bool {
        [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::TOO_MANY_REQUESTS]
            .contains(&self.status)
    }
}

/// The event of one request. Copies are of the same event.
#[derive(Clone, Debug, Default)]
pub struct Audit(Arc<Mutex<Facts>>);

/// Nothing in here may be a secret, or an e-mail address.
#[derive(Debug, Default)]
struct Facts {
    action: Option<Action>,
    refused: Option<LoggedCode>,
    user_id: Option<String>,
    session_id: Option<String>,
    account_id: Option<String>,
    account_key: Option<String>,
    sessions_ended: Option<i64>,
    ip_address: String,
    user_agent: String,
}

impl Audit {
    /// Notes what the request turned out to be, where that is not what its route says.
    pub fn is(&self, action: Action) {
        self.facts().action = Some(action);
    }

    /// Notes whom it concerns: who is signed in, or whose password, token or address is shown.
    pub fn user(&self, id: &str) {
        self.facts().user_id = Some(id.to_owned());
    }

    /// Notes the session that acts, or that was made.
    pub fn session(&self, id: &str) {
        self.facts().session_id = Some(id.to_owned());
    }

    /// Both at once, of a session that acted.
    pub fn holder(&self, holder: &Holder) {
        self.user(&holder.user_id);
        self.session(&holder.session_id);
    }

    /// Notes the address that the request names, by [`crate::keys::Keyring::account_key`]: it tells
    /// nothing, and is the same for every request that names the address, known or not.
    pub fn account_key(&self, key: &str) {
        self.facts().account_key = Some(key.to_owned());
    }

    /// Notes the account that is gone.
    pub fn account(&self, id: &str) {
        self.facts().account_id = Some(id.to_owned());
    }

    /// Notes who ended sessions, and how many.
    pub fn revoked(&self, revoked: &Revoked) {
        self.holder(&revoked.by);
        self.sessions_ended(revoked.ended);
    }

    /// Notes how many sessions ended.
    pub fn sessions_ended(&self, count: i64) {
        self.facts().sessions_ended = Some(count);
    }

    /// Notes that nothing was done though the answer does not say so.
    pub fn refused(&self, error: &Error) {
        self.facts().refused = Some(error.logged_code());
    }

    /// Notes where the request came from: the address as sessions keep it, and the `User-Agent`.
    pub fn came_from(&self, ip_address: String, headers: &HeaderMap) {
        let mut user_agent = client::user_agent(headers);
        user_agent.truncate(user_agent.floor_char_boundary(USER_AGENT_BYTES));
        let mut facts = self.facts();
        facts.ip_address = ip_address;
        facts.user_agent = user_agent;
    }

    /// Writes the event of a request that its route says is `action`, unless it is none. Without an
    /// answer the client has gone away before there was one.
    pub fn write(&self, action: Action, answer: Option<Answer>) {
        if action.is_read() && !answer.is_some_and(Answer::turns_away) {
            return;
        }
        let facts = self.facts();
        let (outcome, code) = match (answer, facts.refused) {
            (None, _) => (UNKNOWN, None),
            (Some(Answer { code: None, .. }), Some(refused)) => (FAILURE, Some(refused)),
            (Some(answer), _) => (answer.outcome(), answer.code),
        };
        tracing::info!(
            target: TARGET,
            audit = facts.action.unwrap_or(action).name(),
            outcome,
            code = code.map(|LoggedCode(code)| code),
            user_id = facts.user_id.as_deref(),
            session_id = facts.session_id.as_deref(),
            account_id = facts.account_id.as_deref(),
            account_key = facts.account_key.as_deref(),
            sessions_ended = facts.sessions_ended,
            ip_address = present(&facts.ip_address),
            user_agent = present(&facts.user_agent),
        );
    }

    fn facts(&self) -> MutexGuard<'_, Facts> {
        self.0.lock().expect("no holder of the lock panics")
    }
}

fn present(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
