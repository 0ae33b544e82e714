//! The mails that were asked for: the rows of the outbox, and the links that the mailer would make.

use serde_json::{Value, json};
use shared::keys::Keyring;

use crate::app::{SECRET, TestApp};

/// A row of the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// What it is for, as the outbox has it.
    pub kind: String,
    /// The user's address when it was asked for. What proves a new address goes to `new_email`.
    pub address: String,
    /// The address to be.
    pub new_email: Option<String>,
    /// Where the link leads on to.
    pub callback_url: Option<String>,
    /// The link's single-use token, unsealed.
    pub token: Option<String>,
    /// Whose it is.
    pub user_id: String,
}

type Row = (String, String, Option<String>, Option<String>, Option<String>, String);

impl TestApp {
    /// Every mail that was asked for, the oldest first.
    pub async fn mails(&self) -> Vec<Mail> {
        let rows: Vec<Row> = sqlx::query_as(
            "select kind, address, new_email, callback_url, sealed_token, user_id
               from latchkey_outbox order by created_at, kind, id",
        )
        .fetch_all(&self.db)
        .await
        .unwrap();
        let keys = Keyring::parse(SECRET).unwrap();
        let mail = |(kind, address, new_email, callback_url, sealed, user_id): Row| Mail {
            kind,
            address,
            new_email,
            callback_url,
            token: sealed.map(|sealed| keys.unseal(&sealed).unwrap()),
            user_id,
        };
        rows.into_iter().map(mail).collect()
    }

    /// The only mail that was asked for.
    pub async fn mail(&self) -> Mail {
        let mails = self.mails().await;
        let [mail] = &mails[..] else { panic!("{mails:?}") };
        mail.clone()
    }

    /// A token with these claims that ends in an hour.
    pub fn link_token(&self, claims: &Value) -> String {
        let now = self.clock.now().unix_timestamp();
        let mut claims = claims.as_object().unwrap().clone();
        claims.insert("iat".into(), json!(now));
        claims.insert("exp".into(), json!(now + 3600));
        Keyring::parse(SECRET).unwrap().sign_jwt(&claims, self.clock.now())
    }

    /// The token in the link of a mail, as the mailer would make it now.
    pub async fn token_of(&self, mail: &Mail) -> String {
        let email: String = sqlx::query_scalar(r#"select email from "user" where id = $1"#)
            .bind(&mail.user_id)
            .fetch_one(&self.db)
            .await
            .unwrap();
        let mut claims = json!({ "email": email, "userId": mail.user_id });
        if let Some(new_email) = &mail.new_email {
            claims["updateTo"] = json!(new_email);
            claims["requestType"] = json!(mail.kind);
        }
        self.link_token(&claims)
    }
}
