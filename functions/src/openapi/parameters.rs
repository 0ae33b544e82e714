//! What an endpoint reads: its path, its query and its body.

use serde_json::{Map, Value, json};
use shared::body::MediaTypes;
use shared::fields::Takes;
use shared::fields::described::Field;

use super::operation::BodyShape;

/// The parameters of a path and a query.
pub fn list(path: &str, query: &[Field]) -> Vec<Value> {
    let in_path = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let in_path = in_path.map(|name| {
        json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })
    });
    let in_query = query.iter().map(|field| {
        let mut parameter = json!({
            "name": field.name,
            "in": "query",
            "required": field.is_required,
            "schema": field.takes.schema(),
        });
        if field.takes == Takes::Switch {
            parameter["description"] = "Any value but the empty one counts".into();
        }
        parameter
    });
    in_path.chain(in_query).collect()
}

/// The schema of a body.
pub fn body_schema(shape: &BodyShape) -> Value {
    schema(&shape.fields, shape.is_record)
}

/// A body: its types, and the schema of this name. A form is all texts, so that it can't send the
/// other fields.
pub fn body(shape: &BodyShape, types: MediaTypes, name: &str, example: &[&str]) -> Value {
    let reference = json!({ "$ref": format!("#/components/schemas/{name}") });
    let sent = |field: &&Field| field.is_required || example.contains(&field.name.as_str());
    let example: Map<_, _> = shape
        .fields
        .iter()
        .filter(sent)
        .map(|field| (field.name.clone(), example_of(&field.name)))
        .collect();
    let mut content = json!({
        "application/json": { "schema": reference, "example": example },
    });
    if types == MediaTypes::FormOrJson {
        let texts: Vec<_> =
            shape.fields.iter().filter(|field| field.takes.is_text()).cloned().collect();
        content["application/x-www-form-urlencoded"] =
            json!({ "schema": schema(&texts, shape.is_record), "example": example });
    }
    json!({ "required": !shape.is_optional, "content": content })
}

fn schema(fields: &[Field], is_record: bool) -> Value {
    let properties: Map<_, _> =
        fields.iter().map(|field| (field.name.clone(), field.takes.schema())).collect();
    let required: Vec<_> =
        fields.iter().filter(|field| field.is_required).map(|field| &field.name).collect();
    let mut schema = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    if is_record {
        schema["description"] = "With additional fields, as the settings declare them".into();
        schema["additionalProperties"] = true.into();
    }
    schema
}

/// A value that a reader can send.
fn example_of(name: &str) -> Value {
    match name {
        "email" | "newEmail" => "test@example.com".into(),
        "password" | "currentPassword" => "password123".into(),
        "newPassword" => "a new password".into(),
        "name" => "Test User".into(),
        "redirectTo" => "/reset-password".into(),
        "revokeOtherSessions" => true.into(),
        "accountId" => "W23o6xLSqF3GJNT8Lh3dlGqzShgB5H2t".into(),
        _ => "2jxWXTMJjSzalIy0v0uJ5d1rzDKd0bN7".into(),
    }
}
