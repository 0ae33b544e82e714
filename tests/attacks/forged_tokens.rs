//! Forged tokens: one that was cut, stretched, flipped, spelled otherwise or signed by somebody else is no token.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Sha256, Sha384, Sha512};
use shared::cookies::encode_uri_component;
use tests::app::{SECRET, START, TestApp};

/// A token with each character flipped in one of its lowest bits or its case, cut at both ends, and stretched.
fn mutants(token: &str) -> Vec<String> {
    let mut mutants = Vec::new();
    let put = |at: Range<usize>, text: &str| [&token[..at.start], text, &token[at.end..]].concat();
    for at in 0..token.len() {
        let flipped = char::from(token.as_bytes()[at] ^ [1, 32, 2, 4][at % 4]);
        if flipped.is_ascii_graphic() {
            mutants.push(put(at..at + 1, &flipped.to_string()));
        }
    }
    for cut in [1, 2, 3, 4, 8, token.len() / 2, token.len() - 1] {
        mutants.push(token[cut..].to_owned());
        mutants.push(token[..token.len() - cut].to_owned());
    }
    for more in ["A", "=", "==", ".", "AAAA", "%", "+", "-", "'", ";", "\\"] {
        mutants.push(format!("{token}{more}"));
        mutants.push(format!("{more}{token}"));
    }
    mutants.push(token.repeat(2));
    mutants.push(token.to_uppercase());
    mutants.push(token.to_lowercase());
    mutants.push(token.chars().rev().collect());
    mutants.push(encode_uri_component(&encode_uri_component(&format!("{token}="))));
    mutants.retain(|mutant| mutant != token);
    mutants
}

/// The last part of a token in every other spelling of its base64.
fn respelled(token: &str) -> Vec<String> {
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let is_url_safe = !signature.ends_with('=');
    let own = if is_url_safe { URL_SAFE_NO_PAD } else { STANDARD };
    let bytes = own.decode(signature).unwrap();
    // 32 bytes leave bits of the last character unused: set, they decode to the same bytes.
    let last = signature.trim_end_matches('=').len() - 1;
    let mut sloppy = signature.as_bytes().to_vec();
    sloppy[last] += 1;
    let spellings = [
        STANDARD.encode(&bytes),
        STANDARD_NO_PAD.encode(&bytes),
        URL_SAFE.encode(&bytes),
        URL_SAFE_NO_PAD.encode(&bytes),
        String::from_utf8(sloppy).unwrap(),
        STANDARD.encode(signature),
        STANDARD.encode(&bytes[..31]),
        STANDARD.encode([&bytes[..], &[0]].concat()),
        URL_SAFE_NO_PAD.encode(&bytes[..16]),
        format!("{signature}\n"),
        format!("{} {}", &signature[..4], &signature[4..]),
    ];
    let others = spellings.into_iter().filter(|spelling| spelling != signature);
    others.map(|spelling| format!("{signed}.{spelling}")).collect()
}

/// A JWT of any header and claims, signed with the secret.
fn jwt(header: &str, claims: &str, mac: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let signed = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac(signed.as_bytes())))
}

fn hs256(key: &str) -> impl Fn(&[u8]) -> Vec<u8> {
    move |text| {
        let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
        mac.chain_update(text).finalize().into_bytes().to_vec()
    }
}

fn hs384(text: &[u8]) -> Vec<u8> {
    let mac = Hmac::<Sha384>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.chain_update(text).finalize().into_bytes().to_vec()
}

fn hs512(text: &[u8]) -> Vec<u8> {
    let mac = Hmac::<Sha512>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.chain_update(text).finalize().into_bytes().to_vec()
}

/// The claims of a link for Ada, with changes: a null takes a claim away.
fn claims(changes: &Value) -> String {
    let now = START.unix_timestamp();
    let mut claims = json!({ "email": "ada@example.com", "iat": now, "exp": now + 3600 });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.to_string()
}

async fn is_proven_by(app: &TestApp, token: &str) -> bool {
    let path = format!("/api/auth/verify-email?token={}", encode_uri_component(token));
    let reply = app.get(&path).send().await;
    if reply.status != 200 {
        let refusal = (reply.status, reply.code());
        let is_described = ["INVALID_TOKEN", "TOKEN_EXPIRED"].contains(&refusal.1.as_str());
        assert!(refusal.0 == 401 && is_described, "{token}: {reply:?}");
    }
    reply.status == 200
}

/// Source: CWE-347
#[tokio::test]
async fn a_session_token_with_any_character_changed_is_nobodys() {
    let app = TestApp::new().await;
    let signed = app.sign_up("ada@example.com").await.header("set-auth-token").to_owned();
    for forged in [mutants(&signed), respelled(&signed)].concat() {
        let encoded = encode_uri_component(&forged);

        let cookie = app.session(&format!("better-auth.session_token={encoded}")).await;
        let bearer = app.get("/api/auth/get-session").bearer(&encoded).send().await;

        assert_eq!((cookie.status, cookie.text.as_str()), (200, "null"), "{forged}");
        assert_eq!((bearer.status, bearer.text.as_str()), (200, "null"), "{forged}");
    }
    let own = app.session(&format!("better-auth.session_token={signed}")).await;
    assert_ne!(own.text, "null");
}

#[tokio::test]
async fn a_bare_session_token_is_compared_to_the_letter() {
    let app = TestApp::new().await;
    let token = app.sign_up("ada@example.com").await.json()["token"].as_str().unwrap().to_owned();
    for forged in mutants(&token) {
        let reply = app.get("/api/auth/get-session").bearer(&forged).send().await;
        assert_eq!((reply.status, reply.text.as_str()), (200, "null"), "{forged}");
    }
    // Text that a database could take for a pattern.
    for forged in ["%", "%%", "________________________________", "' or '1'='1"] {
        let reply = app.get("/api/auth/get-session").bearer(forged).send().await;
        assert_eq!((reply.status, reply.text.as_str()), (200, "null"), "{forged}");
    }
    assert_ne!(app.get("/api/auth/get-session").bearer(&token).send().await.text, "null");
}

/// Source: CWE-347
#[tokio::test]
async fn a_link_with_any_character_changed_proves_nothing() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    let link = app.link_token(&json!({ "email": "ada@example.com" }));
    for forged in [mutants(&link), respelled(&link)].concat() {
        assert!(!is_proven_by(&app, &forged).await, "{forged}");
    }
    assert_eq!(app.count(r#"select count(*) from "user" where "emailVerified""#).await, 0);
    assert!(is_proven_by(&app, &link).await);
}

/// Source: CWE-347, RFC 8725 sections 2.1 and 3.1
#[tokio::test]
async fn the_header_of_a_link_chooses_no_algorithm() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    let right = claims(&json!({}));
    let (by_secret, header) = (hs256(SECRET), r#"{"alg":"HS256"}"#);
    let unsigned = |header: &str| jwt(header, &right, |_| Vec::new());
    let mut forged = vec![
        jwt(header, &right, hs256("")),
        jwt(header, &right, hs256("better-auth-secret-12345678901234567890")),
        jwt(header, &right, hs256("0123456789abcdefghijklmnopqrstuvwxyzABC")),
        jwt(r#"{"alg":"HS384"}"#, &right, hs384),
        jwt(r#"{"alg":"HS512"}"#, &right, hs512),
        jwt(header, &right, hs384),
        jwt(header, &right, |text| hs256(SECRET)(text)[..16].to_vec()),
        jwt(header, &right, |_| vec![0; 32]),
    ];
    for alg in ["none", "None", "NONE", "nOnE", "", "HS256", "RS256", "ES256", "dir"] {
        forged.push(unsigned(&json!({ "alg": alg }).to_string()));
        forged.push(unsigned(&json!({ "alg": alg }).to_string()).trim_end_matches('.').to_owned());
    }
    // Even with the right signature: what the signer meant is not what would be done.
    for header in [
        r#"{"alg":"none"}"#,
        r#"{"alg":"hs256"}"#,
        r#"{"alg":"HS384"}"#,
        r#"{"alg":"RS256"}"#,
        r#"{"alg":["HS256"]}"#,
        r#"{"alg":null}"#,
        r#"{"typ":"JWT"}"#,
        r#"{"alg":"HS256","crit":["exp"]}"#,
        r#"{"alg":"HS256","alg":"none"}"#,
        r#"["HS256"]"#,
        "null",
        "",
    ] {
        forged.push(jwt(header, &right, &by_secret));
    }
    for token in forged {
        assert!(!is_proven_by(&app, &token).await, "{token}");
    }
    assert!(is_proven_by(&app, &jwt(header, &right, &by_secret)).await);
}

/// Source: RFC 8725 section 3.10
#[tokio::test]
async fn claims_of_the_wrong_shape_make_no_link_however_they_are_signed() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    let now = START.unix_timestamp();
    let mut forged = Vec::new();
    for changes in [
        json!({ "exp": now }),
        json!({ "exp": 0 }),
        json!({ "exp": -1 }),
        json!({ "exp": "never" }),
        json!({ "exp": (now + 3600).to_string() }),
        json!({ "exp": null }),
        json!({ "exp": [now + 3600] }),
        json!({ "nbf": now + 1 }),
        json!({ "nbf": "now" }),
        json!({ "iat": "now" }),
        json!({ "email": null }),
        json!({ "email": ["ada@example.com"] }),
        json!({ "email": { "email": "ada@example.com" } }),
        json!({ "userId": true }),
        json!({ "userId": "somebody-else" }),
    ] {
        forged.push(claims(&changes));
    }
    let twice = format!(r#"{{"email":"ada@example.com","exp":{},"exp":{now}}}"#, now + 3600);
    forged.extend([twice, "[]".into(), "null".into(), "1".into(), String::new()]);
    for claims in forged {
        let token = jwt(r#"{"alg":"HS256"}"#, &claims, hs256(SECRET));
        assert!(!is_proven_by(&app, &token).await, "{claims}");
    }
    assert_eq!(app.count(r#"select count(*) from "user" where "emailVerified""#).await, 0);
}

/// Source: CWE-347
#[tokio::test]
async fn a_cached_session_with_any_character_changed_is_asked_of_the_database() {
    for strategy in ["compact", "jwt", "jwe"] {
        let app = TestApp::with(&[("COOKIE_CACHE", strategy)]).await;
        let cookies = app.sign_up("ada@example.com").await.cookies();
        let (token, cached) = cookies.split_once("; ").unwrap();
        let (name, cached) = cached.split_once('=').unwrap();
        app.sql(r#"update "user" set name = 'Changed'"#).await;
        // One in seven: a copy is long, and there are three forms.
        for forged in mutants(cached).into_iter().step_by(7) {
            let encoded = encode_uri_component(&forged);
            let reply = app.session(&format!("{token}; {name}={encoded}")).await;
            assert_eq!(reply.json()["user"]["name"], "Changed", "{strategy}: {forged}");
        }
        assert_eq!(app.session(&cookies).await.json()["user"]["name"], "Ada", "{strategy}");
    }
}

#[tokio::test]
async fn a_mailed_token_is_compared_to_the_letter() {
    for hashes in ["plain", "hashed"] {
        let app = TestApp::with(&[
            ("STORE_IDENTIFIER", hashes),
            ("DELETE_USER_ENABLED", "true"),
            ("DELETE_USER_VERIFICATION", "true"),
        ])
        .await;
        let cookies = app.sign_up("ada@example.com").await.cookies();
        let body = json!({ "email": "ada@example.com" });
        app.post("/api/auth/request-password-reset").json(&body).send().await;
        app.act("/api/auth/delete-user", &cookies, &json!({})).send().await;
        let before = app.count("select count(*) from verification").await;
        assert_eq!(before, 2);
        for mail in app.mails().await {
            for forged in mutants(&mail.token.unwrap()) {
                let reset = json!({ "newPassword": "battery staple", "token": forged });
                let reset = app.post("/api/auth/reset-password").json(&reset).send().await;
                let delete = json!({ "token": forged });
                let delete = app.act("/api/auth/delete-user", &cookies, &delete).send().await;

                assert_eq!(
                    (reset.status, reset.code().as_str()),
                    (400, "INVALID_TOKEN"),
                    "{forged}"
                );
                assert_eq!(
                    (delete.status, delete.code().as_str()),
                    (404, "INVALID_TOKEN"),
                    "{forged}"
                );
            }
        }
        assert_eq!(app.count("select count(*) from verification").await, before);
        assert_eq!(app.sign_in("ada@example.com", "correct horse").await.status, 200);
    }
}
