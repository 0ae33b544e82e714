//! Additional fields: columns of `"user"` and `session` that the operator declares. core.md §10.1.
//!
//! Their names are known only from the settings. So they are read through `to_jsonb` and written
//! through `jsonb_populate_record`, and their columns are put into statements that are checked
//! without them: see `db/columns.rs`.

use std::fmt::Write as _;

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::config::ConfigError;
use crate::config::Vars;
use crate::error::Error;
use crate::timestamp::Timestamp;

/// The additional fields of both tables.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Declared {
    /// `USER_FIELDS`.
    pub user: AdditionalFields,
    /// `SESSION_FIELDS`.
    pub session: AdditionalFields,
}

impl Declared {
    pub(crate) fn from_vars(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            user: AdditionalFields::from_vars(vars, "USER_FIELDS", &CORE_OF_USER)?,
            session: AdditionalFields::from_vars(vars, "SESSION_FIELDS", &CORE_OF_SESSION)?,
        })
    }
}

impl Declared {
    /// Whether a body's field of this name is kept with all that is nested in it.
    pub fn keeps_nested(&self, name: &str) -> bool {
        self.user.names().chain(self.session.names()).any(|other| other == name)
    }
}

const CORE_OF_USER: [&str; 8] =
    ["id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt", "password"];
const CORE_OF_SESSION: [&str; 8] =
    ["id", "expiresAt", "token", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId"];

/// The additional fields of a table, in declared order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AdditionalFields(Vec<AdditionalField>);

#[derive(Clone, Debug, PartialEq)]
struct AdditionalField {
    name: String,
    rule: Rule,
}

/// A field as the setting has it; the defaults are Better Auth's.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Rule {
    #[serde(rename = "type")]
    kind: Kind,
    #[serde(default = "yes")]
    required: bool,
    default_value: Option<Value>,
    /// Whether a request may set it.
    #[serde(default = "yes")]
    input: bool,
    /// Whether an answer shows it.
    #[serde(default = "yes")]
    returned: bool,
    /// Whether a number needs 64 bits.
    #[serde(default)]
    bigint: bool,
}

fn yes() -> bool {
    true
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum Kind {
    #[serde(rename = "string")]
    String,
    #[serde(rename = "number")]
    Number,
    #[serde(rename = "boolean")]
    Boolean,
    #[serde(rename = "date")]
    Date,
    #[serde(rename = "json", alias = "string[]", alias = "number[]")]
    Json,
}

impl AdditionalFields {
    fn from_vars(vars: &Vars<'_>, name: &'static str, core: &[&str]) -> Result<Self, ConfigError> {
        let wanted = "JSON like {\"role\":{\"type\":\"string\",\"required\":false,\
                      \"defaultValue\":\"user\",\"input\":false,\"returned\":true}}, of type string, \
                      number, boolean, date, json, string[] or number[]; names are letters, digits \
                      and _, and none of the table's own columns";
        let read = |text: &str| {
            let rules: Map<String, Value> = serde_json::from_str(text).ok()?;
            let field = |(name, rule): (String, Value)| {
                let fits = is_column(&name) && !core.contains(&name.as_str());
                fits.then_some(())?;
                Some(AdditionalField { name, rule: serde_json::from_value(rule).ok()? })
            };
            rules.into_iter().map(field).collect::<Option<Vec<_>>>().map(Self)
        };
        Ok(vars.parse(name, wanted, read)?.unwrap_or_default())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names of the columns, in declared order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|field| field.name.as_str())
    }

    /// Whether every new row has a value in this column.
    pub fn always_writes(&self, name: &str) -> bool {
        let field = self.0.iter().find(|field| field.name == name);
        let has_default =
            |rule: &Rule| rule.default_value.as_ref().is_some_and(|value| !value.is_null());
        field.is_some_and(|field| field.rule.required || has_default(&field.rule))
    }

    /// What a new row gets: from the body, or the default.
    ///
    /// Errors: 400 `MISSING_FIELD`, `FIELD_NOT_ALLOWED`.
    pub fn on_create(&self, body: &Map<String, Value>) -> Result<Map<String, Value>, Error> {
        let mut values = Map::new();
        for AdditionalField { name, rule } in &self.0 {
            let sent = body.get(name);
            let is_none = sent.is_none_or(Value::is_null) && rule.required;
            let value = match (&rule.default_value, sent) {
                (Some(default), _) if is_none => default.clone(),
                (_, Some(sent)) if rule.input => rule.stored(sent),
                (Some(default), _) => default.clone(),
                (None, Some(sent)) if is_truthy(sent) => {
                    return Err(Error::FieldNotAllowed(name.clone()));
                }
                (None, None) if rule.required => return Err(Error::MissingField(name.clone())),
                (None, _) => continue,
            };
            values.insert(name.clone(), value);
        }
        Ok(values)
    }

    /// What changes in a row.
    ///
    /// Errors: 400 `FIELD_NOT_ALLOWED`.
    pub fn on_update(&self, body: &Map<String, Value>) -> Result<Map<String, Value>, Error> {
        let mut values = Map::new();
        for AdditionalField { name, rule } in &self.0 {
            match body.get(name) {
                Some(sent) if rule.input => {
                    values.insert(name.clone(), rule.stored(sent));
                }
                Some(sent) if is_truthy(sent) => return Err(Error::FieldNotAllowed(name.clone())),
                _ => {}
            }
        }
        Ok(values)
    }

    /// What a row that nobody sent any of these fields for gets.
    pub fn defaults(&self) -> Map<String, Value> {
        let default =
            |field: &AdditionalField| Some((field.name.clone(), field.rule.default_value.clone()?));
        self.0.iter().filter_map(default).collect()
    }

    /// What an answer shows of a row (`to_jsonb` of it, or values about to be written).
    pub fn view(&self, row: Option<&Value>) -> Additional {
        let shown = self.0.iter().filter(|field| field.rule.returned);
        Additional(shown.map(|field| (field.name.clone(), field.value(row))).collect())
    }

    /// The statements that add the columns that are missing: nullable, or with a default, so that
    /// rows which are there and programs that do not know the field go on.
    pub fn migration(&self, table: &str) -> String {
        let mut statements = String::new();
        for AdditionalField { name, rule } in &self.0 {
            let kind = match rule.kind {
                Kind::String => "text",
                Kind::Number if rule.bigint => "bigint",
                Kind::Number => "integer",
                Kind::Boolean => "boolean",
                Kind::Date => "timestamptz",
                Kind::Json => "jsonb",
            };
            let default = rule.default_value.as_ref().filter(|value| !value.is_null());
            let default = default.map(|value| format!(" default {}", literal(value)));
            writeln!(
                statements,
                "alter table \"{table}\" add column if not exists \"{name}\" {kind}{};",
                default.unwrap_or_default()
            )
            .expect("a string takes any text");
        }
        statements
    }
}

impl Rule {
    /// A value as its column takes it: in a column of texts, what is none is its JSON, as it was sent.
    fn stored(&self, sent: &Value) -> Value {
        match sent {
            Value::Array(_) | Value::Object(_) if self.kind == Kind::String => {
                Value::String(sent.to_string())
            }
            _ => sent.clone(),
        }
    }
}

impl AdditionalField {
    fn value(&self, row: Option<&Value>) -> Value {
        let value = row.and_then(|row| row.get(&self.name)).cloned().unwrap_or(Value::Null);
        match (self.rule.kind, &value) {
            (Kind::Date, Value::String(text)) => OffsetDateTime::parse(text, &Rfc3339)
                // Of a column without zone: what is there is UTC.
                .or_else(|_| OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339))
                .ok()
                .and_then(|at| serde_json::to_value(Timestamp(at)).ok())
                .unwrap_or(value),
            _ => value,
        }
    }
}

/// A column's name that needs no escape between quotes, in SQL and in JSON.
fn is_column(name: &str) -> bool {
    let mut bytes = name.bytes();
    name.len() <= 63
        && bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A value as an SQL literal, which Postgres converts to the column's type.
fn literal(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    format!("'{}'", text.replace('\'', "''"))
}

/// JavaScript's truth: absent, `null`, `false`, `0` and `""` count as not given.
pub fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// The additional fields of one row, as an answer shows them: in declared order, `null` when unset.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Additional(Vec<(String, Value)>);

/// Their names are the operator's.
#[cfg(feature = "openapi")]
impl schemars::JsonSchema for Additional {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Additional".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "object", "additionalProperties": true })
    }
}

impl Serialize for Additional {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(setting: &str) -> AdditionalFields {
        let var = |name: &str| (name == "USER_FIELDS").then(|| setting.to_owned());
        Declared::from_vars(&Vars(&var)).unwrap().user
    }

    fn map(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(map) => map,
            other => panic!("no object: {other}"),
        }
    }

    const RULES: &str = r#"{
        "role": {"type":"string","required":false,"defaultValue":"user","input":false},
        "plan": {"type":"string","input":false,"required":false},
        "age": {"type":"number","required":true},
        "born": {"type":"date","required":false},
        "note": {"type":"string","required":false,"returned":false}
    }"#;

    #[test]
    fn a_new_row_gets_what_may_be_sent_and_the_defaults() {
        let fields = fields(RULES);
        let create = |body| fields.on_create(&map(body));

        assert_eq!(
            create(json!({ "age": "5", "role": "admin", "other": 1 })).unwrap(),
            map(json!({ "role": "user", "age": "5" }))
        );
        assert!(matches!(create(json!({})), Err(Error::MissingField(name)) if name == "age"));
        assert!(
            matches!(create(json!({ "age": 1, "plan": "pro" })), Err(Error::FieldNotAllowed(name)) if name == "plan")
        );
        assert!(create(json!({ "age": 1, "plan": "" })).is_ok());
    }

    #[test]
    fn an_update_takes_what_may_be_sent_alone() {
        let fields = fields(RULES);

        assert_eq!(
            fields.on_update(&map(json!({ "age": null, "role": 0 }))).unwrap(),
            map(json!({ "age": null }))
        );
        assert!(matches!(
            fields.on_update(&map(json!({ "role": "admin" }))),
            Err(Error::FieldNotAllowed(_))
        ));
    }

    #[test]
    fn an_answer_shows_the_declared_order_with_nulls_and_without_the_hidden() {
        let row = json!({ "note": "x", "age": 5, "born": "2026-01-02T03:04:05.5+01:00", "x": 1 });

        let shown = serde_json::to_string(&fields(RULES).view(Some(&row))).unwrap();

        assert_eq!(shown, r#"{"role":null,"plan":null,"age":5,"born":"2026-01-02T02:04:05.500Z"}"#);
    }

    #[test]
    fn columns_are_added_as_nullable_or_with_a_default() {
        let sql = fields(r#"{"a":{"type":"string","defaultValue":"it's"},"b":{"type":"json"}}"#)
            .migration("user");

        assert_eq!(
            sql,
            "alter table \"user\" add column if not exists \"a\" text default 'it''s';\n\
             alter table \"user\" add column if not exists \"b\" jsonb;\n"
        );
    }

    #[test]
    fn names_that_are_no_columns_or_core_ones_are_refused() {
        for name in ["a\\\"b", "", "email", "1a", "a b", "ä"] {
            let setting = format!("{{\"{name}\":{{\"type\":\"string\"}}}}");
            let var = |asked: &str| (asked == "USER_FIELDS").then(|| setting.clone());
            assert!(Declared::from_vars(&Vars(&var)).is_err(), "{name}");
        }
    }
}
