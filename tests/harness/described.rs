//! Holds every answer that a test gets against the API's description: its status, its code, its shape.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use axum::http::Method;
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::reply::Reply;

/// What renews the description.
const CURE: &str = "write it into the comment of the handler, then: \
    cargo run -- openapi > docs/openapi.json";

/// As the endpoints have it now.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(functions::openapi::document);

/// The operation that a request reaches, with its path as the description has it.
pub fn operation(method: &Method, path: &str) -> Option<(&'static str, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let (path, methods) = paths.iter().find(|(template, _)| matches(template, path))?;
    Some((path, methods.get(method.as_str().to_lowercase())?))
}

fn matches(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template
            .iter()
            .zip(path)
            .all(|(part, sent)| *part == sent || (part.starts_with('{') && !sent.is_empty()))
}

/// Panics where the description knows no such answer.
pub fn check(method: &Method, path: &str, reply: &Reply) {
    let Some((path, operation)) = operation(method, path) else { return };
    let content_type = reply.header("content-type");
    if reply.status == 404 && content_type != "application/json" {
        return; // switched off: then it is no endpoint
    }
    let status = reply.status.to_string();
    let response = operation["responses"].get(&status).unwrap_or_else(|| {
        panic!("{method} {path} is not described as answering {status}; {CURE}: {reply:?}")
    });
    let response = resolved(response);
    if reply.text.is_empty() {
        let may_be = response.get("content").is_none() || response.get("x-may-be-empty").is_some();
        assert!(may_be, "{method} {path} is not described as answering {status} without a body");
        return;
    }
    let schema = response["content"][content_type].get("schema").unwrap_or_else(|| {
        panic!("{method} {path} is not described as answering {status} with {content_type}")
    });
    if content_type == "application/json" {
        let errors: Vec<_> =
            validator(schema).iter_errors(&reply.json()).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{method} {path} {status}: {errors:?}; {CURE}: {reply:?}");
    }
}

/// What a reference leads to.
fn resolved(value: &'static Value) -> &'static Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => DOCUMENT.pointer(reference.strip_prefix('#').unwrap()).unwrap(),
        None => value,
    }
}

/// Checks values by a schema of the description; each is compiled once.
pub fn validator(schema: &Value) -> Arc<Validator> {
    static COMPILED: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> =
        LazyLock::new(Mutex::default);
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let validator = compiled.entry(schema.to_string()).or_insert_with(|| {
        let whole = json!({ "allOf": [schema], "components": DOCUMENT["components"] });
        let options = jsonschema::draft202012::options().should_validate_formats(true);
        Arc::new(options.build(&whole).unwrap())
    });
    Arc::clone(validator)
}
