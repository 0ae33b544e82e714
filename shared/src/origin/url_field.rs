//! Where a redirect may lead. core.md §17.4.

use std::fmt;

use axum::http::HeaderValue;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde_json::Value;
use url::Url;

use super::Trust;
use super::absolute::{Absolute, is_harmful_scheme};
use crate::error::{Error, UrlField};

/// What a `Location` may not hold as it is (RFC 3986, section 2); what is encoded already stays.
const URI: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`');

/// The URL fields of a request, checked. A field that is absent or empty is `None`.
#[derive(Clone, Debug, Default)]
pub struct UrlFields {
    /// `callbackURL` of the body.
    pub callback: Option<RedirectTarget>,
    /// `callbackURL` of the query; on a POST only where the body has none.
    pub query_callback: Option<RedirectTarget>,
    /// `redirectTo`.
    pub redirect_to: Option<RedirectTarget>,
    /// `errorCallbackURL`.
    pub error_callback: Option<RedirectTarget>,
    /// `newUserCallbackURL`.
    pub new_user_callback: Option<RedirectTarget>,
}

/// Where a redirect may lead: made by the check alone, and read once, so that nobody reads it
/// differently later. `Debug` prints nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct RedirectTarget {
    text: String,
    url: Url,
}

impl RedirectTarget {
    /// As the client sent it: a path of the service's origin, or an absolute URL.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// In full: a path is one of the service's own.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// For `Location`, as it was sent; what a header can't hold is percent-encoded.
    pub fn location(&self) -> HeaderValue {
        let text = utf8_percent_encode(&self.text, URI).to_string();
        HeaderValue::try_from(text).expect("it is ASCII, and control characters were refused")
    }
}

impl fmt::Debug for RedirectTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RedirectTarget")
    }
}

impl Trust<'_> {
    /// The URL fields of a body, and `callbackURL` of the query where the body has none.
    ///
    /// Errors: 400 for a field that is no text, 403 for one that leads astray.
    pub fn url_fields(
        &self,
        body: Option<&Value>,
        query: Option<&str>,
    ) -> Result<UrlFields, Error> {
        let field = |name, kind| {
            let value = body.and_then(|body| body.get(name)).filter(|value| is_truthy(value));
            match value {
                None => Ok(None),
                Some(Value::String(text)) => self.target(text, kind).map(Some),
                // Left to the schema where nothing is checked here.
                Some(_) if !self.checks.url_fields => Ok(None),
                Some(_) => Err(Error::UrlNotString(kind)),
            }
        };
        let has_callback = body.and_then(|body| body.get("callbackURL")).is_some_and(is_truthy);
        Ok(UrlFields {
            callback: field("callbackURL", UrlField::Callback)?,
            query_callback: if has_callback { None } else { self.query_callback(query)? },
            redirect_to: field("redirectTo", UrlField::Redirect)?,
            error_callback: field("errorCallbackURL", UrlField::ErrorCallback)?,
            new_user_callback: field("newUserCallbackURL", UrlField::NewUserCallback)?,
        })
    }

    fn query_callback(&self, query: Option<&str>) -> Result<Option<RedirectTarget>, Error> {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let mut values = pairs.filter(|(name, _)| name == "callbackURL").map(|(_, value)| value);
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) if value.is_empty() => Ok(None),
            (Some(value), None) => self.target(&value, UrlField::Callback).map(Some),
            _ => Err(Error::UrlNotString(UrlField::Callback)),
        }
    }

    fn target(&self, text: &str, field: UrlField) -> Result<RedirectTarget, Error> {
        let url = if self.checks.url_fields { self.checked(text) } else { self.harmless(text) };
        let target = |url| RedirectTarget { text: text.to_owned(), url };
        url.map(target).ok_or(Error::UntrustedUrl(field))
    }

    /// A safe path, or a trusted URL.
    fn checked(&self, text: &str) -> Option<Url> {
        if text.starts_with('/') {
            return is_safe_path(text).then(|| self.own(text)).flatten();
        }
        let absolute = Absolute::parse(text)?;
        self.trusts(&absolute).then(|| absolute.into_url())
    }

    /// What may stand in a `Location` and harms nobody there, wherever it leads.
    fn harmless(&self, text: &str) -> Option<Url> {
        let base = Url::parse(self.base_url.origin()).ok()?;
        let url = (!text.contains(char::is_control)).then(|| base.join(text).ok()).flatten()?;
        (!is_harmful_scheme(url.scheme())).then_some(url)
    }

    fn own(&self, path: &str) -> Option<Url> {
        let url = Url::parse(&format!("{}{path}", self.base_url.origin())).ok()?;
        (url.origin().ascii_serialization() == self.base_url.origin()).then_some(url)
    }
}

/// A path of this site which every parser reads alike, also once it is decoded: one leading `/`, no
/// backslash, no control character (browsers leave some out: `/\t/evil.com`), and before the query no
/// encoded slash, backslash or control character either.
fn is_safe_path(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let decoded: Vec<u8> = percent_decode_str(path).collect();
    let slashes = |bytes: &[u8]| bytes.split(|byte| *byte == b'/').count();
    !url.starts_with("//")
        && !url.contains(|c: char| c.is_control() || c == '\\')
        && !decoded.iter().any(|byte| byte.is_ascii_control() || *byte == b'\\')
        && slashes(&decoded) == slashes(path.as_bytes())
}

/// JavaScript's truth: absent, `null`, `false`, `0` and `""` count as not given.
fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Checks;
    use super::super::tests::with_checks;
    use super::*;

    fn code<T>(result: &Result<T, Error>) -> &'static str {
        match result {
            Ok(_) => "ok",
            Err(Error::UntrustedUrl(_)) => "untrusted",
            Err(Error::UrlNotString(_)) => "not a string",
            Err(other) => panic!("{other}"),
        }
    }

    fn verdict(body: &Value, query: Option<&str>) -> &'static str {
        with_checks(Checks::ALL, |trust| code(&trust.url_fields(Some(body), query)))
    }

    #[test]
    fn a_redirect_stays_on_trusted_ground() {
        for url in [
            "/a",
            "/a?b=c#d",
            "/a?x=%2F",
            "/a?x=%0A#%5C",
            "/a%20b%C3%A4%zz%252F",
            "/a b",
            "/käse",
            "",
            "https://app.example.com",
            "https://app.example.com/x?y",
            "https://app.example.com/%2f%2fevil",
            "https://app.example.com:443/x",
            "HTTPS://APP.example.com/x",
            "http://localhost:4000/x",
            "http://LOCALHOST:4000/x",
            "https://u.wild.example.com/z",
            "http://q.bare.example.com/",
            "myapp://cb",
            "myapp://",
            "MYAPP://cb?x=1#y",
        ] {
            assert_eq!(verdict(&json!({ "callbackURL": url }), None), "ok", "{url}");
        }
    }

    /// Spellings that have led astray one parser or another.
    const ASTRAY: &[&str] = &[
        "//evil.com",
        "///evil.com",
        "/\\evil.com",
        "\\\\evil.com",
        "/%2f%2fevil.com",
        "/%2F%2Fevil.com",
        "/%2fevil.com",
        "/a%5cb",
        "/%09/evil.com",
        "/%0D%0Aset-cookie:%20x",
        "/a%00",
        "/%7f",
        "/a\tb",
        "/\t/evil.com",
        "/a\r\nset-cookie: x",
        "/\0",
        "a/b",
        "evil.com",
        "?x",
        "#x",
        " /a",
        "https://evil.com",
        "https:evil.com",
        "https:/evil.com",
        "https:///evil.com",
        "https:app.example.com",
        "https:/app.example.com",
        "https:///app.example.com",
        "https://\\app.example.com",
        "https:\\\\app.example.com",
        "https://app.example.com\\.evil.com",
        "https://app.example.com@evil.com",
        "https://app.example.com:443@evil.com",
        "https://app.example.com%40evil.com",
        "https://user@app.example.com",
        "https://user:password@app.example.com",
        "https://@app.example.com",
        "https://:@app.example.com",
        "https://app.example.com.",
        "https://app.example.com.evil.com",
        "https://app.example.com:8443",
        "https://app.example.com:",
        "https://app.example.com:0443",
        "http://app.example.com",
        "https://app.example.com\t/",
        "https://app.\texample.com",
        "https://app.example.com\r\n",
        "ht\ntps://app.example.com",
        "\thttps://app.example.com",
        " https://app.example.com",
        "https://app.example.com\0.evil.com",
        "https://app.example.com\0",
        "https://аpp.example.com",
        "https://xn--pp-6kc.example.com",
        "https://app.example。com",
        "https://ａpp.example.com",
        "https://app.example.com／evil",
        "https://app%2eexample.com",
        "https://%61pp.example.com",
        "https://app.exam\u{ad}ple.com",
        "http://127.0.0.1:4000",
        "http://2130706433:4000",
        "http://0177.0.0.1:4000",
        "http://0x7f.1:4000",
        "http://[::1]:4000",
        "http://[::ffff:127.0.0.1]:4000",
        "HTTPS://EVIL.com",
        "JavaScript:alert(1)",
        "javascript:alert(1)",
        "javascript://app.example.com/%0aalert(1)",
        "javascript://x.bare.example.com/%0aalert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "data://x.bare.example.com/x",
        "vbscript:x",
        "blob:https://app.example.com/1",
        "file:///etc/passwd",
        "view-source:https://app.example.com",
        "evilapp://x.bare.example.com",
        "myapp:cb",
        "myapp:/cb",
        "myapp://cb\n",
        "myapp2://cb",
        "://app.example.com",
        "1myapp://cb",
    ];

    #[test]
    fn no_spelling_leads_astray_in_any_field() {
        for url in ASTRAY {
            for field in ["callbackURL", "redirectTo", "errorCallbackURL", "newUserCallbackURL"] {
                assert_eq!(verdict(&json!({ field: url }), None), "untrusted", "{field} {url:?}");
            }
            let query: String = form_urlencoded::Serializer::new(String::new())
                .append_pair("callbackURL", url)
                .finish();
            assert_eq!(verdict(&json!({}), Some(&query)), "untrusted", "{query}");
        }
    }

    #[test]
    fn every_url_field_is_checked_and_callback_url_of_the_query_where_the_body_has_none() {
        for (body, query, expected) in [
            (json!({ "redirectTo": "https://evil.com" }), None, "untrusted"),
            (json!({ "errorCallbackURL": "https://evil.com" }), None, "untrusted"),
            (json!({ "newUserCallbackURL": "https://evil.com" }), None, "untrusted"),
            (json!({ "callbackURL": 1 }), None, "not a string"),
            (json!({ "callbackURL": ["/a"] }), None, "not a string"),
            (json!({ "redirectTo": { "a": 1 } }), None, "not a string"),
            (json!({ "callbackURL": null }), None, "ok"),
            (json!({ "callbackURL": 0 }), None, "ok"),
            (json!({}), Some("callbackURL=https://evil.com"), "untrusted"),
            (json!({}), Some("callback%55RL=https://evil.com"), "untrusted"),
            (json!({ "callbackURL": "" }), Some("callbackURL=https://evil.com"), "untrusted"),
            (json!({ "callbackURL": "/a" }), Some("callbackURL=https://evil.com"), "ok"),
            (json!({}), Some("callbackURL=/a&callbackURL=/b"), "not a string"),
            (json!([]), Some("callbackURL="), "ok"),
        ] {
            assert_eq!(verdict(&body, query), expected, "{body} {query:?}");
        }
    }

    #[test]
    fn a_target_is_what_was_sent_and_knows_where_it_leads() {
        let body = json!({ "callbackURL": "/käse?x", "redirectTo": "myapp://cb" });
        let fields = with_checks(Checks::ALL, |trust| trust.url_fields(Some(&body), None)).unwrap();

        let callback = fields.callback.unwrap();
        assert_eq!(callback.as_str(), "/käse?x");
        assert_eq!(callback.location(), "/k%C3%A4se?x");
        assert_eq!(callback.url().as_str(), "http://localhost:4000/k%C3%A4se?x");
        assert_eq!(fields.redirect_to.as_ref().unwrap().url().as_str(), "myapp://cb");
        assert!(!format!("{callback:?} {:?}", fields.redirect_to).contains("cb"));
        assert!(fields.query_callback.is_none() && fields.error_callback.is_none());
    }

    #[test]
    fn unchecked_a_redirect_leads_anywhere_but_into_a_script() {
        let unchecked = Checks { url_fields: false, ..Checks::ALL };
        for (url, expected) in [
            (json!("https://evil.com"), "ok"),
            (json!("//evil.com"), "ok"),
            (json!("a/b"), "ok"),
            (json!("evilapp://cb"), "ok"),
            (json!(1), "ok"),
            (json!("javascript:alert(1)"), "untrusted"),
            (json!("java\nscript:alert(1)"), "untrusted"),
            (json!("/\r\nset-cookie: x"), "untrusted"),
        ] {
            let body = json!({ "callbackURL": url });
            let fields = with_checks(unchecked, |trust| trust.url_fields(Some(&body), None));
            assert_eq!(code(&fields), expected, "{body}");
        }
    }
}
