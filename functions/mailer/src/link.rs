//! The links of the mails, exactly as Better Auth writes them.

use std::fmt;

use serde_json::{Map, Value};
use shared::config::mail::MailerSettings;
use shared::cookies::encode_uri_component;
use shared::db::outbox::Leased;
use shared::db::user::User;
use shared::keys::Keyring;
use shared::mail::Kind;
use time::{Duration, OffsetDateTime};

/// Where the endpoints lie under the public URL.
const BASE_PATH: &str = "/api/auth";

/// A link and the token in it. `Debug` prints neither.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    /// What the reader opens.
    pub url: String,
    /// What it proves, for a webhook that writes links of its own.
    pub token: String,
    /// How long it works.
    pub valid_for: Duration,
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Link(…)")
    }
}

/// Makes a mail's link; `None` for a notice, in which nobody should learn to follow one.
///
/// A link that verifies an address is signed now and lives from now on. The time of all others has been
/// running since the request: their token was made with it, or, where an address is to change, is as old
/// as it, so that a password which is set meanwhile makes it void.
///
/// Errors say why there is none, and hold nothing secret.
pub fn mint(
    leased: &Leased,
    kind: Kind,
    user: &User,
    keys: &Keyring,
    settings: &MailerSettings,
    now: OffsetDateTime,
) -> Result<Option<Link>, &'static str> {
    let base = format!("{}{BASE_PATH}", leased.base_url);
    let callback_url = leased.callback_url.as_deref().filter(|url| !url.is_empty());
    let or_root = encode_uri_component(callback_url.unwrap_or("/"));
    let life = settings.verification_expires_in;
    match kind {
        Kind::VerifyEmail | Kind::ChangeEmailConfirmation | Kind::ChangeEmailVerification => {
            let change = (kind != Kind::VerifyEmail).then_some(kind);
            let issued_at = if change.is_some() { leased.created_at } else { now };
            let left = left(issued_at, life, now)?;
            let token = keys.sign_jwt(&claims(leased, change, user, issued_at, life), now);
            let url = format!("{base}/verify-email?token={token}&callbackURL={or_root}");
            Ok(Some(Link { url, token, valid_for: left }))
        }
        Kind::ResetPassword => {
            let (token, left) = stored_token(leased, keys, settings.reset_expires_in, now)?;
            let callback_url = encode_uri_component(callback_url.unwrap_or_default());
            let url = format!("{base}/reset-password/{token}?callbackURL={callback_url}");
            Ok(Some(Link { url, token, valid_for: left }))
        }
        Kind::DeleteAccount => {
            let (token, left) = stored_token(leased, keys, settings.deletion_expires_in, now)?;
            let url = format!("{base}/delete-user/callback?token={token}&callbackURL={or_root}");
            Ok(Some(Link { url, token, valid_for: left }))
        }
        Kind::PasswordChanged | Kind::EmailChanged => Ok(None),
    }
}

/// In Better Auth's order (core.md §9.1).
fn claims(
    leased: &Leased,
    change: Option<Kind>,
    user: &User,
    issued_at: OffsetDateTime,
    life: Duration,
) -> Map<String, Value> {
    let issued_at = issued_at.unix_timestamp();
    let mut claims = Map::new();
    claims.insert("email".into(), user.email.to_lowercase().into());
    if let Some(change) = change {
        let new_email = leased.new_email.as_deref().unwrap_or_default();
        claims.insert("updateTo".into(), new_email.to_lowercase().into());
        claims.insert("requestType".into(), change.as_str().into());
    }
    claims.insert("userId".into(), user.id.clone().into());
    claims.insert("iat".into(), issued_at.into());
    claims.insert("exp".into(), (issued_at + life.whole_seconds()).into());
    claims
}

fn stored_token(
    leased: &Leased,
    keys: &Keyring,
    life: Duration,
    now: OffsetDateTime,
) -> Result<(String, Duration), &'static str> {
    let left = left(leased.created_at, life, now)?;
    let sealed = leased.sealed_token.as_deref().ok_or("its token is missing")?;
    let token = keys.unseal(sealed).ok_or("its token can't be opened: the key is gone")?;
    Ok((token, left))
}

/// How long a link will work.
fn left(
    since: OffsetDateTime,
    life: Duration,
    now: OffsetDateTime,
) -> Result<Duration, &'static str> {
    let left = since + life - now;
    if left.is_positive() { Ok(left) } else { Err("its link has expired before it could be sent") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::additional::Additional;
    use shared::timestamp::Timestamp;
    use time::macros::datetime;

    use super::*;

    // contract/transcripts/20-crypto-vectors.json
    const SECRET: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCD";
    const NOW: OffsetDateTime = datetime!(2026-11-23 02:41:21.5 UTC);

    fn user() -> User {
        User {
            name: "Ann".into(),
            email: "ann@example.com".into(),
            email_verified: false,
            image: None,
            created_at: Timestamp(NOW),
            updated_at: Timestamp(NOW),
            fields: Additional::default(),
            id: "HleGiTTdui1A05BjoyN0CPjFHLcHQy0O".into(),
        }
    }

    fn row(kind: Kind, callback_url: Option<&str>) -> Leased {
        let keys = Keyring::parse(SECRET).unwrap();
        Leased {
            id: "m".into(),
            kind: kind.as_str().into(),
            address: "ann@example.com".into(),
            new_email: Some("Ann.New@example.com".into()),
            callback_url: callback_url.map(str::to_owned),
            base_url: "http://localhost:44001".into(),
            sealed_token: Some(keys.seal("GF2kUUMJsoM9KPH83IWGfG2h", NOW)),
            created_at: NOW - Duration::minutes(10),
            attempts: 1,
            user: None,
        }
    }

    fn minted(leased: &Leased) -> Result<Link, &'static str> {
        let keys = Keyring::parse(SECRET).unwrap();
        let settings = MailerSettings::from_vars(|_| None).unwrap();
        let kind = Kind::from_name(&leased.kind).unwrap();
        mint(leased, kind, &user(), &keys, &settings, NOW).map(Option::unwrap)
    }

    fn link(kind: Kind, callback_url: Option<&str>) -> Link {
        minted(&row(kind, callback_url)).unwrap()
    }

    #[test]
    fn a_verification_link_is_better_auths_to_the_byte() {
        let link = link(Kind::VerifyEmail, Some("/cb"));

        let keys = Keyring::parse(SECRET).unwrap();
        let claims = json!({
            "email": "ann@example.com", "userId": "HleGiTTdui1A05BjoyN0CPjFHLcHQy0O",
            "iat": 1_795_401_681, "exp": 1_795_405_281,
        });
        let token = keys.sign_jwt(claims.as_object().unwrap(), NOW);
        // The head and claims that contract/transcripts/05 shows; its signature is another secret's.
        assert!(token.starts_with(
            "eyJhbGciOiJIUzI1NiJ9.eyJlbWFpbCI6ImFubkBleGFtcGxlLmNvbSIsInVzZXJJZCI6IkhsZUdpVFRkdWkxQTA1QmpveU4wQ1BqRkhMY0hReTBPIiwiaWF0IjoxNzk1NDAxNjgxLCJleHAiOjE3OTU0MDUyODF9."
        ));
        assert_eq!(link.token, token);
        let base = "http://localhost:44001/api/auth/verify-email?token=";
        assert_eq!(link.url, format!("{base}{token}&callbackURL=%2Fcb"));
    }

    #[test]
    fn links_that_change_an_address_say_so_in_order() {
        for kind in [Kind::ChangeEmailConfirmation, Kind::ChangeEmailVerification] {
            let link = link(kind, None);

            let claims = json!({
                "email": "ann@example.com", "updateTo": "ann.new@example.com",
                "requestType": kind.as_str(), "userId": "HleGiTTdui1A05BjoyN0CPjFHLcHQy0O",
                // Asked for ten minutes before.
                "iat": 1_795_401_081, "exp": 1_795_404_681,
            });
            let keys = Keyring::parse(SECRET).unwrap();
            assert_eq!(link.token, keys.sign_jwt(claims.as_object().unwrap(), NOW));
            assert!(link.url.ends_with("&callbackURL=%2F"), "{}", link.url);
        }
    }

    #[test]
    fn links_with_a_stored_token_are_better_auths() {
        let base = "http://localhost:44001/api/auth";
        for (kind, callback_url, url) in [
            (Kind::ResetPassword, None, "/reset-password/GF2kUUMJsoM9KPH83IWGfG2h?callbackURL="),
            (
                Kind::ResetPassword,
                Some("http://localhost:44002/r"),
                "/reset-password/GF2kUUMJsoM9KPH83IWGfG2h?callbackURL=http%3A%2F%2Flocalhost%3A44002%2Fr",
            ),
            (
                Kind::DeleteAccount,
                None,
                "/delete-user/callback?token=GF2kUUMJsoM9KPH83IWGfG2h&callbackURL=%2F",
            ),
            (
                Kind::DeleteAccount,
                Some("/bye?a=(1)&b=ü~*'!"),
                "/delete-user/callback?token=GF2kUUMJsoM9KPH83IWGfG2h&callbackURL=%2Fbye%3Fa%3D(1)%26b%3D%C3%BC~*'!",
            ),
        ] {
            assert_eq!(link(kind, callback_url).url, format!("{base}{url}"));
        }
    }

    #[test]
    fn all_but_a_proof_of_an_address_has_been_running_since_the_request() {
        let mut leased = row(Kind::ResetPassword, None);

        assert_eq!(minted(&leased).unwrap().valid_for, Duration::minutes(50));
        leased.created_at = NOW - Duration::hours(1);
        assert!(minted(&leased).unwrap_err().contains("expired"));
        leased.kind = Kind::ChangeEmailVerification.as_str().into();
        assert!(minted(&leased).unwrap_err().contains("expired"));
        leased.kind = Kind::DeleteAccount.as_str().into();
        assert_eq!(minted(&leased).unwrap().valid_for, Duration::hours(23));
        leased.kind = Kind::VerifyEmail.as_str().into();
        assert_eq!(minted(&leased).unwrap().valid_for, Duration::hours(1));
    }

    #[test]
    fn a_notice_has_no_link() {
        for kind in Kind::ALL {
            let keys = Keyring::parse(SECRET).unwrap();
            let settings = MailerSettings::from_vars(|_| None).unwrap();
            let link = mint(&row(kind, None), kind, &user(), &keys, &settings, NOW).unwrap();
            assert_eq!(link.is_none(), kind.is_notice(), "{kind:?}");
        }
    }

    #[test]
    fn without_its_key_a_token_is_no_link() {
        let mut leased = row(Kind::ResetPassword, None);

        leased.sealed_token = Some("7.AAAA".into());
        assert!(minted(&leased).unwrap_err().contains("key"));
        leased.sealed_token = None;
        assert!(minted(&leased).unwrap_err().contains("missing"));
    }
}
