//! Bodies and queries.

use std::collections::HashSet;

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::IntoResponse;
use serde_json::Value;
use shared::Error;
use shared::body::{self, MediaTypes, Parsed};

pub const JSON_WORDS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "\"a\"",
    "\"kept\"",
    "\"a\":",
    "\"kept\":",
    "{\"kept\":",
    "{\"a\":",
    "null",
    "true",
    "-0.0",
    "1e999",
    "1E-7",
    "18446744073709551616",
    "\\ud800",
    "\\u0000",
    "\u{feff}",
    " ",
];
pub const FORM_WORDS: &[&str] =
    &["a", "b", "=", "&", "+", "%26", "%3D", "%00", "%ff", "%", "a=1", "&a=", "é"];

fn parse(media_type: &'static str, data: &[u8]) -> Result<Parsed, Error> {
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(media_type))]);
    body::parse(&headers, data, MediaTypes::FormOrJson, &|name| name == "kept")
}

/// A body is read as any JSON parser reads it, but for what is nested; what is no JSON is the sender's fault.
pub fn json(data: &[u8]) {
    const JSON: &str = "application/json";
    let text = String::from_utf8_lossy(data);
    let whole = serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(&text));
    let read = match parse(JSON, data) {
        Ok(Parsed(None)) => return assert!(data.is_empty()),
        Ok(Parsed(Some(value))) => value,
        Err(error) => {
            assert!(error.into_response().status().is_client_error());
            return assert!(!whole.is_ok_and(|whole| is_modest(&whole, data)), "{text}");
        }
    };

    if let Ok(mut whole) = whole {
        cut(&mut whole);
        assert_eq!(read, whole, "{text}");
    }
    assert!(read.as_object().is_none_or(|fields| fields.len() <= 1000));
    let written = serde_json::to_vec(&read).unwrap();
    assert_eq!(parse(JSON, &written).unwrap().0, Some(read), "{text}");
}

/// Takes out what is nested, as nobody looks at it.
fn cut(value: &mut Value) {
    let empty = |value: &mut Value| match value {
        Value::Array(items) => items.clear(),
        Value::Object(fields) => fields.clear(),
        _ => {}
    };
    match value {
        Value::Object(fields) => {
            fields
                .iter_mut()
                .filter(|(name, _)| *name != "kept")
                .for_each(|(_, value)| empty(value));
        }
        other => empty(other),
    }
}

/// Whether no limit is met.
fn is_modest(value: &Value, data: &[u8]) -> bool {
    data.len() <= 64 * 1024 && value.as_object().is_none_or(|fields| fields.len() <= 1000)
}

/// A form is its names with a text each, and is read again as it was read.
pub fn form(data: &[u8]) {
    const FORM: &str = "application/x-www-form-urlencoded";
    let Parsed(Some(read)) = parse(FORM, data).unwrap() else { return assert!(data.is_empty()) };

    let fields = read.as_object().unwrap();
    assert!(fields.len() <= 1000 && fields.values().all(Value::is_string), "{read}");
    let mut written = form_urlencoded::Serializer::new(String::new());
    written.extend_pairs(fields.iter().map(|(name, value)| (name, value.as_str().unwrap())));
    let again = parse(FORM, written.finish().as_bytes()).unwrap().0;
    assert_eq!(again.unwrap_or_else(|| Value::Object(serde_json::Map::new())), read);
}

/// Every pair of a query is there, in its order: a text for one, a list for several of a name.
pub fn query(data: &[u8]) {
    let text = String::from_utf8_lossy(data);

    let read = shared::query::parse(Some(&text));

    let sent: Vec<_> = form_urlencoded::parse(text.as_bytes()).collect();
    let names: HashSet<_> = sent.iter().map(|(name, _)| &**name).collect();
    assert_eq!(read.len(), names.len());
    for (name, value) in &read {
        let of_name = sent.iter().filter(|(other, _)| other == name).map(|(_, value)| &**value);
        let of_name: Vec<_> = of_name.collect();
        match value {
            Value::String(text) => assert_eq!(of_name, [text]),
            Value::Array(values) => {
                assert!(values.len() > 1);
                assert_eq!(
                    values.iter().map(|value| value.as_str().unwrap()).collect::<Vec<_>>(),
                    of_name
                );
            }
            other => panic!("{other}"),
        }
    }
}
