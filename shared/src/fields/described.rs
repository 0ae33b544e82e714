//! What a schema asks for, found by running it on nothing: the description can't drift from the check.

use serde_json::{Map, Value, json};

use super::{Fields, Takes};

/// A field that a schema asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What it takes.
    pub takes: Takes,
    /// Whether it has to be there.
    pub is_required: bool,
}

/// The fields that a schema's `read` asks for, in its order.
pub fn fields<T>(read: impl FnOnce(&mut Fields<'_>) -> T) -> Vec<Field> {
    let nothing = Map::new();
    let mut fields = Fields::new(&nothing);
    read(&mut fields);
    fields.asked
}

/// Notes a field. Getters call each other, so that one name comes several times: the narrowest holds.
pub(super) fn note(asked: &mut Vec<Field>, name: &str, takes: Takes, is_required: bool) {
    match asked.iter_mut().find(|field| field.name == name) {
        Some(field) => {
            field.takes = field.takes.max(takes);
            field.is_required |= is_required;
        }
        None => asked.push(Field { name: name.to_owned(), takes, is_required }),
    }
}

impl Takes {
    /// As JSON Schema has it.
    pub fn schema(self) -> Value {
        match self {
            Self::Anything => json!({}),
            Self::AnythingButNull => {
                json!({ "type": ["string", "number", "boolean", "array", "object"] })
            }
            Self::Flag => json!({ "type": "boolean" }),
            Self::Switch | Self::Text => json!({ "type": "string" }),
            Self::StorableText => json!({ "type": "string", "pattern": r"^[^\u0000]*$" }),
            Self::NonemptyText => json!({ "type": "string", "minLength": 1 }),
            Self::Email => json!({ "type": "string", "format": "email" }),
        }
    }

    /// Whether a form can send it: all that it holds are texts.
    pub fn is_text(self) -> bool {
        !matches!(self, Self::Flag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_schema_asks_for_is_noted_in_its_order() {
        let field =
            |name: &str, takes, is_required| Field { name: name.into(), takes, is_required };

        let found = fields(|fields| {
            fields.storable_string("name");
            fields.email("email");
            fields.nonempty_string("password");
            fields.optional_storable_string("image");
            fields.optional_bool("rememberMe");
            fields.storable_if_string("title");
            fields.refuse_null("title", "string");
        });

        assert_eq!(
            found,
            [
                field("name", Takes::StorableText, true),
                field("email", Takes::Email, true),
                field("password", Takes::NonemptyText, true),
                field("image", Takes::StorableText, false),
                field("rememberMe", Takes::Flag, false),
                field("title", Takes::AnythingButNull, false),
            ]
        );
    }
}
