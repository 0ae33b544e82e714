//! Reading a request's query: the fields that an endpoint names, checked like a body's.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde_json::{Map, Value};

use crate::error::Error;
use crate::fields::Fields;

/// A query's names and values: a text each, or a list where a name comes several times (core.md §1).
pub fn parse(query: Option<&str>) -> Map<String, Value> {
    let mut fields = Map::new();
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        let value = Value::String(value.into_owned());
        match fields.get_mut(&*name) {
            None => {
                fields.insert(name.into_owned(), value);
            }
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    fields
}

/// An endpoint's query and how it is checked.
pub trait QuerySchema: Sized {
    /// Takes the fields, in declared order. What it returns counts only if no issue was noted.
    fn read(fields: &mut Fields<'_>) -> Self;
}

/// Extracts a checked query.
///
/// Errors: 400 `VALIDATION_ERROR` with every issue.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<T: QuerySchema, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        read(parts.uri.query()).map(Self)
    }
}

/// A query by its schema.
///
/// Errors: 400 `VALIDATION_ERROR` with every issue.
pub fn read<T: QuerySchema>(query: Option<&str>) -> Result<T, Error> {
    let sent = parse(query);
    let mut fields = Fields::of_query(&sent);
    let value = T::read(&mut fields);
    fields.finish().map_err(Error::Validation)?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_that_comes_twice_is_a_list() {
        assert_eq!(
            Value::Object(parse(Some("a=1&b=x%40y&a=2&c&a=3"))),
            json!({ "a": ["1", "2", "3"], "b": "x@y", "c": "" })
        );
    }

    #[test]
    fn any_value_but_the_empty_one_sets_a_flag() {
        for (query, expected) in [
            ("disableRefresh=true", true),
            ("disableRefresh=false", true),
            ("disableRefresh=0", true),
            ("disableRefresh=&disableRefresh=", true),
            ("a=1&disable%52efresh=1", true),
            ("disableRefresh=", false),
            ("disableRefresh", false),
            ("disablerefresh=1", false),
            ("", false),
        ] {
            let sent = parse(Some(query));
            let is_set = Fields::of_query(&sent).switch("disableRefresh");
            assert_eq!(is_set, expected, "{query}");
        }
    }
}
