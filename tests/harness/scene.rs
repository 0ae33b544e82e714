//! A request of every row of the table that does what the row is for: for what has to hold everywhere.

use axum::http::Method;
use functions::route::{Endpoint, Row};
use functions::routes::TABLE;
use serde_json::{Value, json};

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
    /// The service.
    pub app: TestApp,
    /// Of the first sign-in.
    pub cookies: String,
    /// As `set-auth-token` has it.
    pub signed_token: String,
    token: String,
    link_token: String,
}

impl Scene {
    /// With everything switched on.
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
        sqlx::raw_sql(&rows).execute(&app.db).await.unwrap();
        Self {
            cookies: signed_up.cookies(),
            signed_token: signed_up.header("set-auth-token").to_owned(),
            token: signed_up.json()["token"].as_str().unwrap().to_owned(),
            link_token: app.link_token(&json!({ "email": "ada@example.com" })),
            app,
        }
    }

    /// The body of a row's request. A new row has to be added here.
    pub fn body(&self, row: &str) -> Option<Value> {
        let (password, new_password) = ("correct horse", "battery staple");
        Some(match row {
            "sign_up_email" => {
                json!({ "name": "Bob", "email": "bob@example.com", "password": password })
            }
            "sign_in_email" => json!({ "email": "ada@example.com", "password": password }),
            "revoke_session" => json!({ "token": self.token }),
            "update_session" => json!({ "note": "x" }),
            "request_password_reset" | "send_verification_email" => {
                json!({ "email": "ada@example.com" })
            }
            "reset_password" => json!({ "newPassword": new_password, "token": RESET_TOKEN }),
            "verify_password" | "delete_user" => json!({ "password": password }),
            "change_password" => {
                json!({ "currentPassword": password, "newPassword": new_password })
            }
            "change_email" => json!({ "newEmail": "ada@new.example" }),
            "update_user" => json!({ "name": "Grace" }),
            "unlink_account" => json!({ "accountId": "github" }),
            "sign_out"
            | "get_session"
            | "list_sessions"
            | "revoke_sessions"
            | "revoke_other_sessions"
            | "list_accounts"
            | "get_reset_password"
            | "verify_email"
            | "delete_user_callback"
            | "error"
            | "ok"
            | "health" => return None,
            row => panic!("{row} has no request here: add one that does what it is for"),
        })
    }

    /// What belongs to nobody but Ada.
    pub fn secrets(&self) -> Vec<String> {
        let cookie = self.cookies.split_once('=').unwrap().1.to_owned();
        let tokens = [RESET_TOKEN, DELETE_TOKEN].map(str::to_owned);
        let own = [&self.signed_token, &self.token, &self.link_token].map(Clone::clone);
        [tokens.as_slice(), &own, &[cookie]].concat()
    }

    fn query(&self, row: &str) -> String {
        match row {
            "get_reset_password" => "?callbackURL=/reset".to_owned(),
            "verify_email" => format!("?token={}", self.link_token),
            "delete_user_callback" => format!("?token={DELETE_TOKEN}"),
            _ => String::new(),
        }
    }

    /// The row's request by somebody who shows no session.
    pub fn request(&self, row: &Row, endpoint: &Endpoint) -> TestRequest {
        let method: Method = endpoint.method.parse().unwrap();
        let path = endpoint.path.replace("{token}", RESET_TOKEN) + &self.query(row.name);
        let request = self.app.request(method, &path);
        match self.body(row.name) {
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
