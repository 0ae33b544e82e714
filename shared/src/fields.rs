//! Checks a body field by field and collects every issue, in declared order, in zod 4's words.

#[cfg(feature = "openapi")]
pub mod described;

use serde_json::{Map, Value};

use crate::email;

/// The fields of a body or a query, and the issues found so far.
///
/// A getter that finds an issue notes it and answers with an empty value: who asks for
/// [`Fields::finish`] first never sees that value.
#[derive(Debug)]
pub struct Fields<'a> {
    sent: &'a Map<String, Value>,
    /// `body` or `query`: what an issue's path begins with.
    root: &'static str,
    issues: Vec<String>,
    /// What was asked for, to describe it.
    #[cfg(feature = "openapi")]
    asked: Vec<described::Field>,
}

/// What a getter takes, the wider before the narrower.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Takes {
    /// A value of any type.
    Anything,
    /// The same without `null`.
    AnythingButNull,
    /// `true` or `false`.
    Flag,
    /// A value of a query which counts as `true` unless it is empty.
    Switch,
    /// A text.
    Text,
    /// A text without U+0000.
    StorableText,
    /// A text with at least one character.
    NonemptyText,
    /// An e-mail address.
    Email,
}

impl<'a> Fields<'a> {
    /// Starts on a body's object.
    pub fn new(fields: &'a Map<String, Value>) -> Self {
        Self::under("body", fields)
    }

    /// Starts on a query.
    pub fn of_query(fields: &'a Map<String, Value>) -> Self {
        Self::under("query", fields)
    }

    fn under(root: &'static str, fields: &'a Map<String, Value>) -> Self {
        Self {
            sent: fields,
            root,
            issues: Vec::new(),
            #[cfg(feature = "openapi")]
            asked: Vec::new(),
        }
    }

    /// All of it as it was sent, for the fields that only the settings name.
    pub fn object(&self) -> &'a Map<String, Value> {
        self.sent
    }

    /// All issues joined with `; `, if there are any.
    pub fn finish(self) -> Result<(), String> {
        if self.issues.is_empty() { Ok(()) } else { Err(self.issues.join("; ")) }
    }

    /// A text; may be empty.
    pub fn string(&mut self, name: &str) -> String {
        self.note(name, Takes::Text, true);
        match self.sent.get(name) {
            Some(Value::String(text)) => text.clone(),
            other => self.mismatch(name, "string", other),
        }
    }

    /// A text that goes into the database, which can't hold U+0000; zod has no words for it, these
    /// are ours.
    pub fn storable_string(&mut self, name: &str) -> String {
        self.note(name, Takes::StorableText, true);
        let text = self.string(name);
        if text.contains('\0') {
            self.issue(name, "Invalid input: the character U+0000 is not allowed");
        }
        text
    }

    /// A value of any type; a text among them has to be storable.
    pub fn storable_if_string(&mut self, name: &str) {
        self.note(name, Takes::Anything, false);
        if self.sent.get(name).is_some_and(Value::is_string) {
            self.storable_string(name);
        }
    }

    /// A value of any type but `null`.
    pub fn refuse_null(&mut self, name: &str, expected: &str) {
        self.note(name, Takes::AnythingButNull, false);
        if let Some(value @ Value::Null) = self.sent.get(name) {
            self.mismatch::<()>(name, expected, Some(value));
        }
    }

    /// The same or nothing; `null` is neither.
    pub fn optional_storable_string(&mut self, name: &str) -> Option<String> {
        self.note(name, Takes::StorableText, false);
        self.sent.contains_key(name).then(|| self.storable_string(name))
    }

    /// A text or nothing; `null` is neither.
    pub fn optional_string(&mut self, name: &str) -> Option<String> {
        self.note(name, Takes::Text, false);
        self.sent.contains_key(name).then(|| self.string(name))
    }

    /// A text with at least one character.
    pub fn nonempty_string(&mut self, name: &str) -> String {
        self.note(name, Takes::NonemptyText, true);
        let text = self.string(name);
        if text.is_empty() && self.sent.get(name).is_some_and(Value::is_string) {
            self.issue(name, "Too small: expected string to have >=1 characters");
        }
        text
    }

    /// An e-mail address, as sent.
    pub fn email(&mut self, name: &str) -> String {
        self.note(name, Takes::Email, true);
        match self.sent.get(name) {
            Some(Value::String(address)) if email::is_valid(address) => address.clone(),
            Some(Value::String(_)) => {
                self.issue(name, "Invalid email address");
                String::new()
            }
            other => self.mismatch(name, "string", other),
        }
    }

    /// `true`, `false` or nothing; `null` is neither.
    pub fn optional_bool(&mut self, name: &str) -> Option<bool> {
        self.note(name, Takes::Flag, false);
        match self.sent.get(name)? {
            Value::Bool(flag) => Some(*flag),
            other => self.mismatch(name, "boolean", Some(other)),
        }
    }

    /// Whether a query has the name with any value but the empty one, or more than once (core.md §7.1).
    pub fn switch(&mut self, name: &str) -> bool {
        self.note(name, Takes::Switch, false);
        match self.sent.get(name) {
            Some(Value::String(value)) => !value.is_empty(),
            Some(_) => true,
            None => false,
        }
    }

    /// The first text that a query has under the name, if any.
    pub fn first_string(&mut self, name: &str) -> Option<&'a str> {
        self.note(name, Takes::Text, false);
        match self.sent.get(name)? {
            Value::Array(values) => values.first()?.as_str(),
            value => value.as_str(),
        }
    }

    /// Remembers what is asked for, where somebody wants it described.
    #[cfg_attr(
        not(feature = "openapi"),
        expect(clippy::unused_self, clippy::needless_pass_by_ref_mut, reason = "nobody does")
    )]
    fn note(&mut self, name: &str, takes: Takes, is_required: bool) {
        #[cfg(feature = "openapi")]
        described::note(&mut self.asked, name, takes, is_required);
        #[cfg(not(feature = "openapi"))]
        let _ = (name, takes, is_required);
    }

    fn mismatch<T: Default>(&mut self, name: &str, expected: &str, got: Option<&Value>) -> T {
        self.issue(name, &type_issue(expected, got));
        T::default()
    }

    fn issue(&mut self, name: &str, text: &str) {
        self.issues.push(format!("[{}.{name}] {text}", self.root));
    }
}

/// `Invalid input: expected string, received null`; an absent value is `undefined`.
pub fn type_issue(expected: &str, got: Option<&Value>) -> String {
    let received = match got {
        None => "undefined",
        Some(Value::Null) => "null",
        Some(Value::Bool(_)) => "boolean",
        Some(Value::Number(_)) => "number",
        Some(Value::String(_)) => "string",
        Some(Value::Array(_)) => "array",
        Some(Value::Object(_)) => "object",
    };
    format!("Invalid input: expected {expected}, received {received}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn issues(body: &Value, read: impl FnOnce(&mut Fields<'_>)) -> String {
        let mut fields = Fields::new(body.as_object().unwrap());
        read(&mut fields);
        fields.finish().err().unwrap_or_default()
    }

    #[test]
    fn every_issue_in_declared_order() {
        let found = issues(&json!({ "rememberMe": "x", "email": 1, "password": "" }), |fields| {
            fields.string("name");
            fields.email("email");
            fields.nonempty_string("password");
            fields.optional_bool("rememberMe");
        });

        assert_eq!(
            found,
            "[body.name] Invalid input: expected string, received undefined; \
             [body.email] Invalid input: expected string, received number; \
             [body.password] Too small: expected string to have >=1 characters; \
             [body.rememberMe] Invalid input: expected boolean, received string"
        );
    }

    #[test]
    fn absent_is_fine_where_null_is_not() {
        let absent = issues(&json!({}), |fields| {
            assert_eq!(fields.optional_string("image"), None);
            assert_eq!(fields.optional_bool("rememberMe"), None);
        });
        let null = issues(&json!({ "image": null }), |fields| {
            fields.optional_string("image");
        });

        assert_eq!(absent, "");
        assert_eq!(null, "[body.image] Invalid input: expected string, received null");
    }

    #[test]
    fn a_nul_is_refused_before_the_database_sees_it() {
        let found = issues(&json!({ "name": "a\0b" }), |fields| {
            fields.storable_string("name");
        });

        assert_eq!(found, "[body.name] Invalid input: the character U+0000 is not allowed");
    }
}
