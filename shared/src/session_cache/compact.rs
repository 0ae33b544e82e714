//! The default form: base64url of `{"session":P,"expiresAt":…,"signature":…}`, where what is signed
//! is the text of `P` with `expiresAt` as its last member.
//!
//! Better Auth parses the text, prints it again and verifies what it printed. Here the text itself
//! is verified, before any of it is parsed: it is the same for what `JSON.stringify` has written,
//! and nothing else is written by either side.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::json_text::stringify;
use crate::keys::Keyring;

/// Signs and writes a payload that ends at `expires_at`, in milliseconds since 1970.
pub(super) fn seal(
    keys: &Keyring,
    payload: &Map<String, Value>,
    expires_at: i64,
    now: OffsetDateTime,
) -> String {
    let payload = stringify(payload);
    let members = payload.strip_suffix('}').expect("an object ends with a brace");
    let signature = URL_SAFE_NO_PAD.encode(keys.signature(&signed(members, expires_at), now));
    URL_SAFE_NO_PAD.encode(format!(
        r#"{{"session":{payload},"expiresAt":{expires_at},"signature":"{signature}"}}"#
    ))
}

/// The payload, if a key that is accepted at `now` has signed it, and when it ends, in milliseconds
/// since 1970.
pub(super) fn open(
    keys: &Keyring,
    cookie: &str,
    now: OffsetDateTime,
) -> Option<(Map<String, Value>, f64)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cookie).ok()?).ok()?;
    let text = text.strip_prefix(r#"{"session":"#)?.strip_suffix(r#""}"#)?;
    let (text, signature) = text.rsplit_once(r#","signature":""#)?;
    let (payload, expires_at) = text.rsplit_once(r#","expiresAt":"#)?;
    let members = payload.strip_suffix('}')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    if !keys.has_signed(&signed(members, expires_at), &signature, now) {
        return None;
    }
    Some((serde_json::from_str(payload).ok()?, expires_at.parse().ok()?))
}

fn signed(members: &str, expires_at: impl std::fmt::Display) -> String {
    format!(r#"{members},"expiresAt":{expires_at}}}"#)
}
