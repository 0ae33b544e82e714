//! Purpose confusion: a token opens what it was made for, and nothing else.
//!
//! Every kind of token is tried at every place that takes one. What is no right one changes no row.

use serde_json::json;
use shared::cookies::encode_uri_component;
use shared::keys::Keyring;
use tests::app::{BASE, SECRET, START, TestApp};

/// A place that takes a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    SessionCookie,
    Bearer,
    DontRemember,
    CachedSession,
    ResetBody,
    ResetQuery,
    ResetLink,
    DeleteBody,
    DeleteLink,
    VerifyEmail,
    RevokeSession,
    Unseal,
}

use Door::{
    Bearer, CachedSession, DeleteBody, DeleteLink, DontRemember, ResetBody, ResetLink, ResetQuery,
    RevokeSession, SessionCookie, Unseal, VerifyEmail,
};

const DOORS: [Door; 12] = [
    SessionCookie,
    Bearer,
    DontRemember,
    CachedSession,
    ResetBody,
    ResetQuery,
    ResetLink,
    DeleteBody,
    DeleteLink,
    VerifyEmail,
    RevokeSession,
    Unseal,
];

/// Every kind of token with the doors that it opens, in the order of [`Ada::tokens`]. Names of rows are
/// among them, which open nothing.
const KINDS: [(&str, &[Door]); 15] = [
    ("session token", &[Bearer, RevokeSession]),
    ("signed session token", &[SessionCookie, Bearer]),
    ("signed `true`", &[DontRemember]),
    ("cached session", &[CachedSession]),
    ("reset token", &[ResetBody, ResetQuery, ResetLink]),
    ("delete token", &[DeleteBody, DeleteLink]),
    ("verification link", &[VerifyEmail]),
    ("confirmation of a change", &[VerifyEmail]),
    ("verification of a change", &[VerifyEmail]),
    ("change of an older release", &[VerifyEmail]),
    ("sealed reset token", &[Unseal]),
    ("sealed delete token", &[Unseal]),
    ("id of a session", &[]),
    ("id of a user", &[]),
    ("identifier of a reset", &[]),
];

/// Somebody who holds a token of each kind.
struct Ada {
    app: TestApp,
    /// The session's cookie alone.
    cookie: String,
    tokens: [String; 15],
}

impl Ada {
    async fn with(strategy: &str, hashes: &str) -> Self {
        let app = TestApp::with(&[
            ("COOKIE_CACHE", strategy),
            ("DELETE_USER_ENABLED", "true"),
            ("DELETE_USER_VERIFICATION", "true"),
            ("STORE_IDENTIFIER", hashes),
        ])
        .await;
        let signed_up = app.sign_up("ada@example.com").await;
        let cookies = signed_up.cookies();
        let (cookie, cached) = cookies.split_once("; ").unwrap();
        let cached = cached.split_once('=').unwrap().1.to_owned();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let user_id = text(&signed_up.json()["user"]["id"]);
        let session = app.session(cookie).await.json()["session"].clone();

        let body = json!({ "email": "ada@example.com" });
        app.post("/api/auth/request-password-reset").json(&body).send().await;
        app.act("/api/auth/delete-user", cookie, &json!({})).send().await;
        let mailed = async |kind: &str| {
            let mails = app.mails().await;
            mails.into_iter().find(|mail| mail.kind == kind).unwrap().token.unwrap()
        };
        let (reset, delete) = (mailed("reset-password").await, mailed("delete-account").await);
        let sealed = async |kind: &'static str| {
            let statement = "select sealed_token from latchkey_outbox where kind = $1";
            sqlx::query_scalar(statement).bind(kind).fetch_one(&app.db).await.unwrap()
        };
        let change = |kind: &str| {
            app.link_token(&json!({
                "email": "ada@example.com", "userId": user_id, "updateTo": "ada@new.example",
                "requestType": kind,
            }))
        };
        let tokens = [
            text(&signed_up.json()["token"]),
            signed_up.header("set-auth-token").to_owned(),
            Keyring::parse(SECRET).unwrap().sign("true", START),
            cached,
            reset.clone(),
            delete,
            app.link_token(&json!({ "email": "ada@example.com", "userId": user_id })),
            change("change-email-confirmation"),
            change("change-email-verification"),
            change(""),
            sealed("reset-password").await,
            sealed("delete-account").await,
            text(&session["id"]),
            user_id.clone(),
            format!("reset-password:{reset}"),
        ];
        // From here on a cached session tells itself from the row.
        app.sql(r#"update "user" set name = 'Changed'"#).await;
        Self { cookie: cookie.to_owned(), tokens, app }
    }

    /// Whether a token opens a door.
    async fn opens(&self, door: Door, token: &str) -> bool {
        let (app, encoded) = (&self.app, encode_uri_component(token));
        let new_password = "battery staple";
        let with_cookie = |name: &str| format!("{}; better-auth.{name}={encoded}", self.cookie);
        match door {
            SessionCookie => {
                let cookie = format!("better-auth.session_token={encoded}");
                app.session(&cookie).await.text != "null"
            }
            Bearer => app.get("/api/auth/get-session").bearer(token).send().await.text != "null",
            // A session that is not remembered gets no new copy.
            DontRemember => {
                app.session(&with_cookie("dont_remember")).await.set_cookies().is_empty()
            }
            CachedSession => {
                let reply = app.session(&with_cookie("session_data")).await;
                reply.json()["user"]["name"] == "Ada"
            }
            ResetBody => {
                let body = json!({ "newPassword": new_password, "token": token });
                app.post("/api/auth/reset-password").json(&body).send().await.status == 200
            }
            ResetQuery => {
                let path = format!("/api/auth/reset-password?token={encoded}");
                let body = json!({ "newPassword": new_password });
                app.post(&path).json(&body).send().await.status == 200
            }
            ResetLink => {
                let path = format!("/api/auth/reset-password/{encoded}?callbackURL=/reset");
                let reply = app.get(&path).send().await;
                assert_eq!(reply.status, 302);
                !reply.header("location").contains("error=")
            }
            DeleteBody => {
                let body = json!({ "token": token });
                let request = app.act("/api/auth/delete-user", &self.cookie, &body);
                request.send().await.status == 200
            }
            DeleteLink => {
                let path = format!("/api/auth/delete-user/callback?token={encoded}");
                app.get(&path).cookie(&self.cookie).send().await.status == 200
            }
            VerifyEmail => {
                let path = format!("/api/auth/verify-email?token={encoded}");
                app.get(&path).send().await.status == 200
            }
            RevokeSession => {
                let before = app.count("select count(*) from session").await;
                let body = json!({ "token": token });
                let request = app.post("/api/auth/revoke-session").json(&body);
                let reply = request.cookie(&self.cookie).origin(BASE).send().await;
                assert_eq!(reply.status, 200, "{reply:?}");
                app.count("select count(*) from session").await < before
            }
            Unseal => Keyring::parse(SECRET).unwrap().unseal(token).is_some(),
        }
    }

    /// Everything that a token could change.
    async fn rows(&self) -> String {
        self.app
            .text(
                r#"select concat(
                       (select jsonb_agg(to_jsonb(u) order by id) from "user" u),
                       (select jsonb_agg(to_jsonb(a) order by id) from account a),
                       (select jsonb_agg(to_jsonb(s) order by id) from session s),
                       (select jsonb_agg(to_jsonb(v) order by id) from verification v),
                       (select jsonb_agg(to_jsonb(o) order by id) from latchkey_outbox o)
                   )"#,
            )
            .await
    }
}

/// Source: CWE-1270, RFC 8725 section 2.8
#[tokio::test]
async fn no_token_opens_what_it_was_not_made_for() {
    for (strategy, hashes) in [("compact", "plain"), ("jwt", "hashed"), ("jwe", "plain")] {
        let ada = Ada::with(strategy, hashes).await;
        let before = ada.rows().await;
        for ((kind, right), token) in KINDS.iter().zip(&ada.tokens) {
            for door in DOORS.iter().filter(|door| !right.contains(door)) {
                assert!(!ada.opens(*door, token).await, "{strategy}: {kind} at {door:?}");
                assert_eq!(ada.rows().await, before, "{strategy}: {kind} at {door:?}");
            }
        }
    }
}

#[tokio::test]
async fn every_token_opens_what_it_was_made_for() {
    let mut ada = Ada::with("jwt", "plain").await;
    let before = ada.rows().await.len();
    for (at, (kind, right)) in KINDS.iter().enumerate() {
        for door in *right {
            // What has changed a row has used its token up.
            if ada.rows().await.len() != before {
                ada = Ada::with("jwt", "plain").await;
            }
            assert!(ada.opens(*door, &ada.tokens[at]).await, "{kind} at {door:?}");
        }
    }
}
