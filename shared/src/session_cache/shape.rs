//! What a cached session and its user have to look like: Better Auth's `sessionSchema` and
//! `userSchema`.

use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

#[derive(Clone, Copy)]
enum Kind {
    Text,
    /// May be `null` or absent.
    OptionalText,
    Flag,
    Instant,
}

use Kind::{Flag, Instant, OptionalText, Text};

const SESSION: [(&str, Kind); 8] = [
    ("id", Text),
    ("createdAt", Instant),
    ("updatedAt", Instant),
    ("userId", Text),
    ("expiresAt", Instant),
    ("token", Text),
    ("ipAddress", OptionalText),
    ("userAgent", OptionalText),
];

const USER: [(&str, Kind); 7] = [
    ("id", Text),
    ("createdAt", Instant),
    ("updatedAt", Instant),
    ("email", Text),
    ("emailVerified", Flag),
    ("name", Text),
    ("image", OptionalText),
];

/// A session with its members in the schema's order, additional ones last.
pub(super) fn session(value: Value) -> Option<Map<String, Value>> {
    shaped(value, &SESSION)
}

/// A user, in the same way.
pub(super) fn user(value: Value) -> Option<Map<String, Value>> {
    shaped(value, &USER)
}

fn shaped(value: Value, schema: &[(&str, Kind)]) -> Option<Map<String, Value>> {
    let Value::Object(mut members) = value else { return None };
    let mut shaped = Map::with_capacity(members.len());
    for (name, kind) in schema {
        let member = members.shift_remove(*name);
        if !kind.admits(member.as_ref()) {
            return None;
        }
        if let Some(member) = member {
            shaped.insert((*name).to_owned(), member);
        }
    }
    shaped.extend(members);
    Some(shaped)
}

impl Kind {
    fn admits(self, member: Option<&Value>) -> bool {
        match (self, member) {
            (Text | OptionalText, Some(Value::String(_)))
            | (OptionalText, None | Some(Value::Null))
            | (Flag, Some(Value::Bool(_))) => true,
            (Instant, Some(Value::String(text))) => {
                text.ends_with('Z') && OffsetDateTime::parse(text, &Rfc3339).is_ok()
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn whole() -> Value {
        json!({ "role": "admin", "name": "", "email": "a@b.co", "emailVerified": true, "id": "u",
            "updatedAt": "2026-11-23T02:45:01.828Z", "createdAt": "2026-11-23T02:45:01.828Z" })
    }

    #[test]
    fn members_come_in_the_schemas_order_and_others_after_them() {
        let user = user(whole()).unwrap();

        assert_eq!(
            user.keys().collect::<Vec<_>>(),
            ["id", "createdAt", "updatedAt", "email", "emailVerified", "name", "role"]
        );
    }

    #[test]
    fn what_is_missing_or_of_another_type_is_refused() {
        for (name, wrong) in [
            ("id", json!(1)),
            ("name", json!(null)),
            ("emailVerified", json!("true")),
            ("createdAt", json!(1_795_401_901_835_i64)),
            ("createdAt", json!("2026-11-23")),
            ("createdAt", json!("2026-11-23T02:45:01.828+01:00")),
            ("createdAt", json!("2026-13-23T02:45:01.828Z")),
            ("image", json!(false)),
        ] {
            let mut value = whole();
            value[name] = wrong;
            assert_eq!(user(value), None, "{name}");

            let mut value = whole();
            value.as_object_mut().unwrap().remove(name);
            assert_eq!(user(value).is_some(), name == "image", "{name}");
        }
        assert!(user(json!([])).is_none() && session(json!({})).is_none());
    }
}
