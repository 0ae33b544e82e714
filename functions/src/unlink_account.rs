//! Taking away a way to sign in.

use axum::response::Response;
use shared::body::{Body, Schema};
use shared::client::Client;
use shared::db::account::{self, Unlinked};
use shared::fields::Fields;
use shared::session::{self, Demand};
use shared::{App, Error};

use crate::reply;

/// What is sent: the account row's id.
pub struct UnlinkAccount {
    account_id: String,
}

impl Schema for UnlinkAccount {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self { account_id: fields.string("accountId") }
    }
}

/// `POST /unlink-account`: `{ accountId }`, the `id` of list-accounts → 200 `{ status: true }`.
///
/// Errors: 400 `VALIDATION_ERROR`, `FAILED_TO_UNLINK_LAST_ACCOUNT`, `ACCOUNT_NOT_FOUND`; 401
/// `UNAUTHORIZED`; 403 `SESSION_NOT_FRESH`, and for a foreign origin.
pub async fn handler(
    client: Client,
    Body(body): Body<UnlinkAccount>,
    app: App,
) -> Result<Response, Error> {
    let demand = Demand { is_fresh: true, ..Demand::default() };
    let live = session::require(&app, &client, demand).await?;
    let may_unlink_all = app.config.users.may_unlink_all;
    match account::unlink(&app.db, &live.user.id, &body.account_id, may_unlink_all).await? {
        Unlinked::Done => {
            app.audit.account(&body.account_id);
            Ok(reply::done())
        }
        Unlinked::Last => Err(Error::LastAccount),
        Unlinked::NotFound => Err(Error::AccountNotFound),
    }
}
