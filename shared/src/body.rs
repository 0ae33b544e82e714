//! Reading a request's body: content type, JSON or form, then the endpoint's schema.

use std::fmt;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::client::latin1;
use crate::error::Error;
use crate::fields::{Fields, type_issue};

/// The largest body that is read, in bytes: under the 6 MB that Lambda takes in an event.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// The most fields of a body: no form has as many.
const MAX_FIELDS: usize = 1000;

/// The largest body, in bytes, whose nested fields are kept: seven bytes of JSON can take hundreds in
/// memory, and it is read before anybody is known.
const MAX_NESTED_BYTES: usize = 64 * 1024;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// What an endpoint reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaTypes {
    /// `application/json`.
    Json,
    /// `application/x-www-form-urlencoded` as well: a page without a script can send it.
    FormOrJson,
}

impl MediaTypes {
    fn list(self) -> &'static [&'static str] {
        match self {
            Self::Json => &[JSON],
            Self::FormOrJson => &[FORM, JSON],
        }
    }
}

/// A body as it was parsed, before its schema is looked at; `None` is JavaScript's `undefined`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed(pub Option<Value>);

/// Parses a body. An empty one, or one without a content type, counts as none (core.md §1). Of what is
/// nested in a field nothing is kept, unless `keeps` its name.
///
/// Errors: 415 for a type that the endpoint does not read, 400 for malformed JSON.
pub fn parse(
    headers: &HeaderMap,
    bytes: &[u8],
    types: MediaTypes,
    keeps: &dyn Fn(&str) -> bool,
) -> Result<Parsed, Error> {
    let sent = headers.get(CONTENT_TYPE).filter(|sent| !sent.is_empty() && !bytes.is_empty());
    let Some(sent) = sent.map(|sent| latin1(sent.as_bytes())) else { return Ok(Parsed(None)) };
    let essence = sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !types.list().contains(&essence.as_str()) {
        let allowed = types.list().join(", ");
        return Err(Error::UnsupportedMediaType { sent, allowed });
    }
    let value = if essence == FORM { form(bytes) } else { json(bytes, keeps)? };
    Ok(Parsed(Some(value)))
}

/// JSON as JavaScript reads it: a byte order mark and malformed UTF-8 are forgiven, of duplicate
/// keys the last wins. With a lone surrogate in a field it is refused.
fn json(bytes: &[u8], keeps: &dyn Fn(&str) -> bool) -> Result<Value, Error> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut json = serde_json::Deserializer::from_str(text);
    let is_small = bytes.len() <= MAX_NESTED_BYTES;
    let keeps_it = |name: &str| is_small && keeps(name);
    let value = Shallow { keeps: &keeps_it, is_field: false }.deserialize(&mut json);
    let whole = value.and_then(|value| json.end().map(|()| value));
    let value = whole.map_err(|_| Error::InvalidJson)?;
    let is_cut = |(name, value): (&String, &Value)| {
        keeps(name) && matches!(value, Value::Array(_) | Value::Object(_))
    };
    if !is_small && value.as_object().is_some_and(|fields| fields.iter().any(is_cut)) {
        return Err(Error::NestedTooLarge);
    }
    Ok(value)
}

/// JSON as far as a schema looks at it: a field that holds an array or an object is known to, and
/// what is inside is checked and left out. A few bytes of nested JSON can take hundreds in memory,
/// and anyone may send a body.
#[derive(Clone, Copy)]
struct Shallow<'a> {
    keeps: &'a dyn Fn(&str) -> bool,
    is_field: bool,
}

impl<'de> DeserializeSeed<'de> for Shallow<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Shallow<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(flag.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Array(Vec::new()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        if self.is_field {
            while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(Value::Object(map));
        }
        while let Some(name) = fields.next_key::<String>()? {
            let value = if (self.keeps)(&name) {
                fields.next_value()?
            } else {
                fields.next_value_seed(Self { is_field: true, ..self })?
            };
            map.insert(name, value);
            if map.len() > MAX_FIELDS {
                return Err(serde::de::Error::custom("too many fields"));
            }
        }
        Ok(Value::Object(map))
    }
}

/// A form's fields, all of them texts; of duplicate names the last wins. After [`MAX_FIELDS`] it ends.
fn form(bytes: &[u8]) -> Value {
    let pairs = form_urlencoded::parse(bytes).take(MAX_FIELDS);
    let fields: Map<_, _> =
        pairs.map(|(name, value)| (name.into_owned(), Value::String(value.into_owned()))).collect();
    Value::Object(fields)
}

/// An endpoint's body and how it is checked.
pub trait Schema: Sized {
    /// What zod expects of the body itself, one issue each.
    const ROOT: &'static [&'static str] = &["object"];

    /// Takes the fields, in declared order. What it returns counts only if no issue was noted.
    fn read(fields: &mut Fields<'_>) -> Self;

    /// What an absent body means; by default it is an issue.
    fn absent() -> Option<Self> {
        None
    }
}

/// Extracts a checked body.
///
/// Errors: 400 `VALIDATION_ERROR` with every issue.
#[derive(Clone, Copy, Debug)]
pub struct Body<T>(pub T);

impl<T: Schema> Body<T> {
    fn check(body: Option<&Value>) -> Result<Self, Error> {
        match body {
            Some(Value::Object(object)) => {
                let mut fields = Fields::new(object);
                let value = T::read(&mut fields);
                fields.finish().map_err(Error::Validation)?;
                Ok(Self(value))
            }
            other => {
                if other.is_none()
                    && let Some(value) = T::absent()
                {
                    return Ok(Self(value));
                }
                let issue = |expected: &&str| format!("[body] {}", type_issue(expected, other));
                let issues: Vec<_> = T::ROOT.iter().map(issue).collect();
                Err(Error::Validation(issues.join("; ")))
            }
        }
    }
}

impl<T: Schema, S: Sync> FromRequestParts<S> for Body<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let parsed = parts.extensions.remove::<Parsed>().unwrap_or_default();
        Self::check(parsed.0.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use serde_json::json;

    use super::*;

    fn parsed(content_type: &str, bytes: &[u8]) -> Result<Parsed, Error> {
        let headers = [(CONTENT_TYPE, HeaderValue::from_str(content_type).unwrap())];
        parse(&headers.into_iter().collect(), bytes, MediaTypes::FormOrJson, &|name| name == "kept")
    }

    #[test]
    fn json_is_read_as_javascript_reads_it() {
        let body = |bytes: &[u8]| parsed("Application/JSON; charset=utf-8", bytes).unwrap().0;

        assert_eq!(body(br#"{"a":1,"a":2}"#), Some(json!({ "a": 2 })));
        assert_eq!(body("\u{feff}\"x\"".as_bytes()), Some(json!("x")));
        assert_eq!(body(b"\"\xff\""), Some(json!("\u{fffd}")));
        assert_eq!(body(b"null"), Some(Value::Null));
        assert_eq!(body(b"[1,-2,3.5,true,null,\"x\"]"), Some(json!([])));
        assert_eq!(
            body(br#"{"a":[1],"b":{"c":1},"d":-1,"e":1.5,"f":true,"g":null,"h":"x"}"#),
            Some(json!({ "a": [], "b": {}, "d": -1, "e": 1.5, "f": true, "g": null, "h": "x" }))
        );
        assert_eq!(
            body(br#"{"kept":[{"a":[1]}],"other":[{"a":[1]}]}"#),
            Some(json!({ "kept": [{ "a": [1] }], "other": [] }))
        );
        assert_eq!(body(b""), None);
    }

    #[test]
    fn what_is_kept_with_all_that_is_in_it_has_to_be_small() {
        let nested = |name: &str, count: usize| {
            let items = vec![r#"{"":0}"#; count].join(",");
            parsed(JSON, format!(r#"{{"{name}":[{items}]}}"#).as_bytes())
        };

        assert!(nested("kept", 1000).is_ok());
        assert!(matches!(nested("kept", 10_000), Err(Error::NestedTooLarge)));
        assert!(nested("other", 10_000).is_ok());
        let text = format!(r#"{{"kept":"{}"}}"#, "x".repeat(MAX_NESTED_BYTES));
        assert!(parsed(JSON, text.as_bytes()).is_ok(), "a text is no more than it is");
    }

    #[test]
    fn what_is_no_json_is_refused() {
        let deep = "[".repeat(100_000);
        for text in ["{bad", "{\"a\":", "\"\\ud800\"", " ", &deep] {
            let error = parsed(JSON, text.as_bytes()).unwrap_err();
            assert!(matches!(error, Error::InvalidJson), "{error}");
        }
    }

    #[test]
    fn what_is_nested_is_checked_and_takes_no_memory() {
        let nested = |inside: &str| {
            let items = vec![inside; 100_000].join(",");
            parsed(JSON, format!(r#"{{"a":[{items}],"b":1}}"#).as_bytes())
        };
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        let many: Vec<_> = (0..=MAX_FIELDS).map(|n| format!("\"{n}\":0")).collect();

        assert_eq!(nested(r#"{"":0}"#).unwrap().0, Some(json!({ "a": [], "b": 1 })));
        assert_eq!(parsed(JSON, deep.as_bytes()).unwrap().0, Some(json!({ "a": [] })));
        assert!(matches!(nested(r#"{"":}"#), Err(Error::InvalidJson)));
        let refused = parsed(JSON, format!("{{{}}}", many.join(",")).as_bytes());
        assert!(matches!(refused, Err(Error::InvalidJson)));
    }

    #[test]
    fn a_form_holds_texts() {
        let body = parsed(FORM, b"a=1&b=x%40y&a=true").unwrap().0;

        assert_eq!(body, Some(json!({ "a": "true", "b": "x@y" })));
    }

    #[test]
    fn other_types_are_415_and_none_is_no_body() {
        let error = parsed("text/plain", b"{}").unwrap_err();

        assert_eq!(
            error.to_string(),
            "Content-Type \"text/plain\" is not allowed. \
             Allowed types: application/x-www-form-urlencoded, application/json"
        );
        assert_eq!(
            parse(&HeaderMap::new(), b"{}", MediaTypes::Json, &|_| false).unwrap(),
            Parsed(None)
        );
        assert_eq!(parsed("text/plain", b"").unwrap(), Parsed(None));
    }
}
