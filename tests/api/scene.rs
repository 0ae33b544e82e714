//! A request of every row of the table that does what the row is for: for what has to hold everywhere.

use axum::http::Method;
use functions::route::{Endpoint, Row};
use functions::routes::TABLE;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use crate::app::{BASE, TestApp, TestRequest};
use crate::reply::Reply;

/// Everything is switched on.
pub const SETTINGS: [(&str, &str); 3] = [
    ("CHANGE_EMAIL_ENABLED", "true"),
    ("DELETE_USER_ENABLED", "true"),
    ("SESSION_FIELDS", r#"{"note":{"type":"string","required":false}}"#),
];
const RESET_TOKEN: &str = "R3s3tT0k3nR3s3tT0k3nR3s3";
const DELETE_TOKEN: &str = "d3l3t3t0k3nd3l3t3t0k3nd3l3t3t0k3";

/// Ada, signed in twice, with a password, an account at GitHub, and a token of each kind.
pub struct Scene {
    pub app: TestApp,
    pub cookies: String,
    /// As `set-auth-token` has it.
    pub signed_token: String,
    token: String,
    link_token: String,
}

impl Scene {
    pub async fn new() -> Self {
        Self::over(TestApp::with(&SETTINGS).await).await
    }

    /// In a service with [`SETTINGS`].
    pub async fn over(app: TestApp) -> Self {
        app.sql("alter table session add column if not exists note text").await;
        let signed_up = app.sign_up("ada@example.com").await;
        let rows = format!(
            r#"insert into account (id, "accountId", "providerId", "userId", "updatedAt")
               select 'github', '4711', 'github', id, now() from "user";
               insert into session (id, token, "expiresAt", "updatedAt", "userId")
               select 'other', 'other', '2030-01-01Z', '2026-11-23 12:00Z', id from "user";
               insert into verification (id, identifier, value, "expiresAt")
               select 'v1', 'reset-password:{RESET_TOKEN}', id, timestamptz '2030-01-01Z' from "user"
                union all
               select 'v2', 'delete-account-{DELETE_TOKEN}', id, timestamptz '2030-01-01Z' from "user""#
        );
        sqlx::raw_sql(AssertSqlSafe(rows)).execute(&app.db).await.unwrap();
        Self {
            cookies: signed_up.cookies(),
            signed_token: signed_up.header("set-auth-token").to_owned(),
            token: signed_up.json()["token"].as_str().unwrap().to_owned(),
            link_token: app.link_token(&json!({ "email": "ada@example.com" })),
            app,
        }
    }

    /// The row's request, without who sends it. A new row has to be added here.
    fn parts(&self, row: &str) -> (String, Option<Value>) {
        let (new_password, password) = ("battery staple", "correct horse");
        let mut query = String::new();
        let body = match row {
            "sign_up_email" => {
                Some(json!({ "name": "Bob", "email": "bob@example.com", "password": password }))
            }
            "sign_in_email" => Some(json!({ "email": "ada@example.com", "password": password })),
            "revoke_session" => Some(json!({ "token": self.token })),
            "update_session" => Some(json!({ "note": "x" })),
            "request_password_reset" => Some(json!({ "email": "ada@example.com" })),
            "get_reset_password" => {
                query = "?callbackURL=/reset".into();
                None
            }
            "reset_password" => Some(json!({ "newPassword": new_password, "token": RESET_TOKEN })),
            "verify_password" => Some(json!({ "password": password })),
            "change_password" => {
                Some(json!({ "currentPassword": password, "newPassword": new_password }))
            }
            "send_verification_email" => Some(json!({ "email": "ada@example.com" })),
            "verify_email" => {
                query = format!("?token={}", self.link_token);
                None
            }
            "change_email" => Some(json!({ "newEmail": "ada@new.example" })),
            "update_user" => Some(json!({ "name": "Grace" })),
            "delete_user" => Some(json!({ "password": password })),
            "delete_user_callback" => {
                query = format!("?token={DELETE_TOKEN}");
                None
            }
            "unlink_account" => Some(json!({ "accountId": "github" })),
            "sign_out"
            | "get_session"
            | "list_sessions"
            | "revoke_sessions"
            | "revoke_other_sessions"
            | "list_accounts"
            | "error"
            | "ok"
            | "health" => None,
            row => panic!("{row} has no request here: add one that does what it is for"),
        };
        (query, body)
    }

    /// The row's request by somebody who shows no session.
    pub fn request(&self, row: &Row, endpoint: &Endpoint) -> TestRequest {
        let (query, body) = self.parts(row.name);
        let method: Method = endpoint.method.parse().unwrap();
        let path = endpoint.path.replace("{token}", RESET_TOKEN);
        let request = self.app.request(method, &format!("{path}{query}"));
        match body {
            Some(body) => request.json(&body),
            None => request,
        }
    }

    /// By Ada, from a page of the service's own.
    pub fn signed_in(&self, row: &Row, endpoint: &Endpoint) -> TestRequest {
        self.request(row, endpoint).cookie(&self.cookies).origin(BASE)
    }
}

/// Every endpoint with its row. `POST /get-session` is one only where refreshes are deferred.
pub fn endpoints() -> impl Iterator<Item = (&'static Row, &'static Endpoint)> {
    let is_deferred =
        |row: &Row, endpoint: &Endpoint| row.name == "get_session" && endpoint.method == "POST";
    TABLE
        .iter()
        .flat_map(|row| row.endpoints.iter().map(move |endpoint| (row, endpoint)))
        .filter(move |(row, endpoint)| !is_deferred(row, endpoint))
}

/// Whether it is for people who are signed in alone.
pub fn is_guarded(row: &Row) -> bool {
    [
        "list_sessions",
        "revoke_session",
        "revoke_sessions",
        "revoke_other_sessions",
        "update_session",
        "verify_password",
        "change_password",
        "change_email",
        "update_user",
        "delete_user",
        "list_accounts",
        "unlink_account",
    ]
    .contains(&row.name)
}

/// Whether a request did what its row is for.
pub fn has_succeeded(reply: &Reply) -> bool {
    matches!(reply.status, 200 | 302) && !reply.header("location").contains("error=")
}
