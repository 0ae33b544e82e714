//! The API's description, in `OpenAPI` 3.1, made of what the endpoints are made of.
//!
//! | of the description | comes from |
//! | --- | --- |
//! | paths, methods, media types | the rows of [`crate::routes`] and their rules |
//! | bodies and queries | the schemas that check them, run on nothing ([`shared::fields::described`]) |
//! | answers | the types that are serialised |
//! | words, errors of an endpoint | the comments of its file (`openapi/comment.rs`) |
//! | errors that come everywhere | the row's rules (`openapi/errors.rs`) |
//!
//! It is kept as `docs/openapi.json`; a test compares the two, and real answers with it.

mod comment;
mod errors;
mod operation;
mod operations;
mod parameters;

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::route::{Endpoint, Row};
use crate::routes::TABLE;
use errors::Refusals;
use operation::{Operation, Tag};

const DESCRIPTION: &str = "Authentication that speaks Better Auth's wire protocol. Errors are \
    `{ message, code? }`: a program goes by the code. Every answer has an `X-Request-Id`, under which \
    the log knows it. What is no endpoint, or is switched off, is 404 without JSON. A request with a \
    cookie that is no GET states its `Origin`, as browsers do.";

/// The whole document.
///
/// Panics where a row of the table is described nowhere.
pub fn document() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    generator.subschema_for::<shared::error::ErrorBody>();

    let mut paths = Map::new();
    let mut schemas = Map::new();
    for row in TABLE {
        let operation = operations::of(row.name)
            .unwrap_or_else(|| panic!("{} is not in openapi/operations.rs", row.name));
        if let Some(shape) = &operation.body {
            schemas.insert(body_name(row), parameters::body_schema(shape));
        }
        for endpoint in row.endpoints {
            let described = describe(row, *endpoint, &operation, &mut generator);
            paths.entry(endpoint.path).or_insert_with(|| json!({}))
                [endpoint.method.to_lowercase()] = described;
        }
    }
    schemas.extend(generator.take_definitions(true));
    schemas.sort_keys();

    json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Latchkey",
            "version": env!("CARGO_PKG_VERSION"),
            "description": DESCRIPTION,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "tags": Tag::ALL.map(|tag| {
            let (name, description) = tag.text();
            json!({ "name": name, "description": description })
        }),
        "paths": paths,
        "components": {
            "securitySchemes": {
                "cookie": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "better-auth.session_token",
                    "description": "As `Set-Cookie` gave it; `__Secure-` comes before the name over https",
                },
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "`Set-Auth-Token` as it came, or the `token` of an answer",
                },
            },
            "headers": headers(),
            "responses": errors::common(),
            "schemas": schemas,
        },
    })
}

/// As `docs/openapi.json` has it.
pub fn text() -> String {
    format!("{:#}\n", document())
}

fn describe(
    row: &Row,
    endpoint: Endpoint,
    operation: &Operation,
    generator: &mut SchemaGenerator,
) -> Value {
    let mut described = json!({
        "operationId": operation_id(row, endpoint),
        "tags": [operation.tag.text().0],
        "summary": operation.comment.summary,
        "description": operation.comment.description,
        "security": security(operation),
    });
    let parameters = parameters::list(endpoint.path, &operation.query);
    if !parameters.is_empty() {
        described["parameters"] = parameters.into();
    }
    if let Some(shape) = &operation.body {
        let (types, example) = (row.rules.media_types, operation.example);
        described["requestBody"] = parameters::body(shape, types, &body_name(row), example);
    }
    let mut responses = successes(operation, generator);
    responses.extend(Refusals::of(endpoint, row.rules, operation).responses());
    described["responses"] = responses.into();
    described
}

/// Who may ask: anybody, or who has a session.
fn security(operation: &Operation) -> Value {
    match (operation.needs_session(), operation.knows_session) {
        (true, _) => json!([{ "cookie": [] }, { "bearer": [] }]),
        (false, true) => json!([{}, { "cookie": [] }, { "bearer": [] }]),
        (false, false) => json!([]),
    }
}

fn successes(operation: &Operation, generator: &mut SchemaGenerator) -> Map<String, Value> {
    let header = |name: &str| json!({ "$ref": format!("#/components/headers/{name}") });
    let mut headers = Map::new();
    if operation.issues_session || operation.knows_session || operation.needs_session() {
        headers.insert("Set-Cookie".to_owned(), header("Set-Cookie"));
        headers.insert("Set-Auth-Token".to_owned(), header("Set-Auth-Token"));
    }
    let location = |description: &str| {
        let schema = json!({ "type": "string", "format": "uri-reference" });
        json!({ "description": description, "schema": schema })
    };
    let mut responses = Map::new();
    if let Some(answer) = operation.answer {
        let schema = answer(generator);
        let mut response = json!({
            "description": "OK",
            "headers": headers,
            "content": { "application/json": { "schema": schema } },
        });
        if operation.states_location {
            response["headers"]["Location"] = location("The `callbackURL`, where one was sent");
        }
        responses.insert("200".to_owned(), response);
    }
    if operation.shows_page {
        let content = json!({ "text/html": { "schema": { "type": "string" } } });
        let response = json!({ "description": "A page", "content": content });
        responses.insert("200".to_owned(), response);
    }
    if let Some(when) = operation.redirect {
        headers.insert("Location".to_owned(), location("Where to go"));
        let response = json!({ "description": when, "headers": headers });
        responses.insert("302".to_owned(), response);
    }
    responses
}

fn headers() -> Value {
    json!({
        "Set-Cookie": {
            "description": "The session's cookies, where they change: one line each",
            "schema": { "type": "string" },
        },
        "Set-Auth-Token": {
            "description": "The session's signed token, where its cookie is set: a bearer token",
            "schema": { "type": "string" },
        },
    })
}

/// `sign_in_email` → `SignInEmailBody`.
fn body_name(row: &Row) -> String {
    let words = row.name.split('_').map(|word| word[..1].to_uppercase() + &word[1..]);
    words.collect::<String>() + "Body"
}

/// The row's name; of further endpoints the path's end, or where that is the same, with the method.
fn operation_id(row: &Row, endpoint: Endpoint) -> String {
    if row.endpoints.first() == Some(&endpoint) {
        return row.name.to_owned();
    }
    let end = endpoint.path.rsplit('/').next().unwrap_or_default().replace('-', "_");
    if end == row.name { format!("{}_{end}", endpoint.method.to_lowercase()) } else { end }
}
