//! Schemas as tables.

use serde_json::Value;

use super::markup::{escaped, line};

/// The name behind a reference, `User` of `#/components/schemas/User`.
pub fn name_of(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

/// What values are, in a few words: `string`, `Session[]`, `string or null`.
pub fn kind(schema: &Value) -> String {
    if let Some(name) = name_of(schema) {
        return format!("<a href=\"#schema-{0}\">{0}</a>", escaped(name));
    }
    if let Some(ways) = schema["anyOf"].as_array() {
        return ways.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    let format = schema["format"].as_str().map(|format| format!(" ({format})"));
    let kind = match &schema["type"] {
        Value::String(kind) if kind == "array" => format!("{}[]", self::kind(&schema["items"])),
        Value::String(kind) => escaped(kind),
        Value::Array(kinds) => {
            kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or ")
        }
        _ => "anything".to_owned(),
    };
    kind + &escaped(&format.unwrap_or_default())
}

/// The members of an object, or of each object that it may be.
pub fn members(schema: &Value) -> String {
    if let Some(ways) = schema["anyOf"].as_array() {
        let way = |way: &Value| {
            let description = way["description"].as_str().map(line).unwrap_or_default();
            format!("<p>{description}</p>{}", members(way))
        };
        return ways.iter().map(way).collect();
    }
    let Some(properties) = schema["properties"].as_object().filter(|all| !all.is_empty()) else {
        return String::new();
    };
    let is_required =
        |name: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|n| n == name));
    let row = |(name, property): (&String, &Value)| row(name, is_required(name), property);
    table(&properties.iter().map(row).collect::<String>())
}

/// A row of a table: name, kind, description.
pub fn row(name: &str, is_required: bool, schema: &Value) -> String {
    let optional = if is_required { "" } else { " <small>optional</small>" };
    let description = schema["description"].as_str().map(line).unwrap_or_default();
    format!(
        "<tr><th scope=\"row\"><code>{}</code>{optional}</th><td>{}</td><td>{description}</td></tr>",
        escaped(name),
        kind(schema)
    )
}

/// Rows in a table that scrolls by itself where it is too wide.
pub fn table(rows: &str) -> String {
    format!("<div class=\"wide\"><table>{rows}</table></div>")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_told_in_a_few_words() {
        for (schema, expected) in [
            (json!({ "type": "string", "format": "email" }), "string (email)"),
            (json!({ "type": ["string", "null"] }), "string or null"),
            (json!({ "type": "array", "items": { "type": "string" } }), "string[]"),
            (json!({}), "anything"),
            (
                json!({ "anyOf": [{ "$ref": "#/components/schemas/User" }, { "type": "null" }] }),
                "<a href=\"#schema-User\">User</a> or null",
            ),
        ] {
            assert_eq!(kind(&schema), expected);
        }
    }
}
