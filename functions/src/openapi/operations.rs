//! Every row of the table, described.

use shared::db::account::Account;
use shared::db::session::Session;

use super::operation::{Operation, Tag};
use crate::reply::Done;
use crate::{
    change_email, change_password, delete_user, error_page, get_session, health, ok,
    request_password_reset, reset_password, revoke_session, send_verification_email, sign_in,
    sign_out, sign_up, unlink_account, update_session, update_user, verify_email, verify_password,
};

#[expect(clippy::too_many_lines, reason = "a table")]
/// The endpoint of a row; `None` where it is described nowhere.
pub fn of(name: &str) -> Option<Operation> {
    let of = Operation::of;
    Some(match name {
        "sign_up_email" => of(include_str!("../sign_up/email.rs"), Tag::SigningIn)
            .body::<sign_up::email::SignUpEmail>()
            .answer::<sign_up::email::SignedUp<'_>>()
            .issues_session(),
        "sign_in_email" => of(include_str!("../sign_in/email.rs"), Tag::SigningIn)
            .body::<sign_in::email::SignInEmail>()
            .answer::<sign_in::email::SignedIn<'_>>()
            .states_location()
            .issues_session(),
        "sign_out" => of(include_str!("../sign_out.rs"), Tag::SigningIn)
            .body::<sign_out::SignOut>()
            .answer::<sign_out::SignedOut>()
            .knows_session(),
        "get_session" => of(include_str!("../get_session.rs"), Tag::Sessions)
            .query::<get_session::CacheSwitch>()
            .refreshes_session()
            .answer::<Option<get_session::CurrentSession>>()
            .knows_session(),
        "list_sessions" => of(include_str!("../list_sessions.rs"), Tag::Sessions)
            .refreshes_session()
            .answer::<Vec<Session>>(),
        "revoke_session" => of(include_str!("../revoke_session.rs"), Tag::Sessions)
            .body::<revoke_session::RevokeSession>()
            .answer::<Done>(),
        "revoke_sessions" => {
            of(include_str!("../revoke_sessions.rs"), Tag::Sessions).answer::<Done>()
        }
        "revoke_other_sessions" => {
            of(include_str!("../revoke_other_sessions.rs"), Tag::Sessions).answer::<Done>()
        }
        "update_session" => of(include_str!("../update_session.rs"), Tag::Sessions)
            .body::<update_session::UpdateSession>()
            .refreshes_session()
            .answer::<update_session::SessionUpdated>(),
        "request_password_reset" => {
            of(include_str!("../request_password_reset.rs"), Tag::Passwords)
                .body::<request_password_reset::RequestPasswordReset>()
                .answer::<request_password_reset::PasswordResetRequested>()
                .example(&["redirectTo"])
        }
        "get_reset_password" => of(include_str!("../reset_password/link.rs"), Tag::Passwords)
            .query::<reset_password::link::Callback>()
            .redirects("To the callback, with `token` or `error` in its query"),
        "reset_password" => of(include_str!("../reset_password.rs"), Tag::Passwords)
            .body::<reset_password::ResetPassword>()
            .query::<reset_password::TokenInQuery>()
            .answer::<Done>()
            .example(&["token"]),
        "verify_password" => of(include_str!("../verify_password.rs"), Tag::Passwords)
            .body::<verify_password::VerifyPassword>()
            .refreshes_session()
            .answer::<Done>(),
        "change_password" => of(include_str!("../change_password.rs"), Tag::Passwords)
            .body::<change_password::ChangePassword>()
            .refreshes_session()
            .answer::<change_password::PasswordChanged<'_>>()
            .example(&["revokeOtherSessions"]),
        "send_verification_email" => {
            of(include_str!("../send_verification_email.rs"), Tag::Addresses)
                .body::<send_verification_email::SendVerificationEmail>()
                .refreshes_session()
                .answer::<Done>()
                .knows_session()
        }
        "verify_email" => of(include_str!("../verify_email.rs"), Tag::Addresses)
            .query::<verify_email::VerifyEmail>()
            .refreshes_session()
            .answer::<verify_email::Followed>()
            .redirects("To the callback; a failure is `error` in its query")
            .knows_session(),
        "change_email" => of(include_str!("../change_email.rs"), Tag::Addresses)
            .body::<change_email::ChangeEmail>()
            .refreshes_session()
            .answer::<Done>(),
        "update_user" => of(include_str!("../update_user.rs"), Tag::Users)
            .body::<update_user::UpdateUser>()
            .refreshes_session()
            .answer::<Done>()
            .example(&["name"]),
        "delete_user" => of(include_str!("../delete_user.rs"), Tag::Users)
            .body::<delete_user::DeleteUser>()
            .refreshes_session()
            .answer::<delete_user::UserDeleted>()
            .example(&["password"]),
        "delete_user_callback" => of(include_str!("../delete_user/callback.rs"), Tag::Users)
            .query::<delete_user::callback::Callback>()
            .refreshes_session()
            .answer::<delete_user::UserDeleted>()
            .redirects("To the callback"),
        "list_accounts" => of(include_str!("../list_accounts.rs"), Tag::Users)
            .refreshes_session()
            .answer::<Vec<Account>>(),
        "unlink_account" => of(include_str!("../unlink_account.rs"), Tag::Users)
            .body::<unlink_account::UnlinkAccount>()
            .refreshes_session()
            .answer::<Done>(),
        "error" => of(include_str!("../error_page.rs"), Tag::Service)
            .query::<error_page::Shown>()
            .shows_page()
            .redirects("To `ERROR_URL`, where that is set"),
        "ok" => of(include_str!("../ok.rs"), Tag::Service).answer::<ok::Reached>().alone(),
        "health" => {
            of(include_str!("../health.rs"), Tag::Service).answer::<health::Health>().alone()
        }
        _ => return None,
    })
}
