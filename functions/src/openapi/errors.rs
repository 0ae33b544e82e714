//! What an endpoint may refuse: what its comment lists, and what its row's rules bring.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use shared::Error;
use shared::error::UrlField;
use shared::fields::Takes;

use super::operation::Operation;
use crate::route::{Endpoint, Rules};

/// The URL fields that are checked in every body.
const URL_FIELDS: [UrlField; 4] =
    [UrlField::Callback, UrlField::Redirect, UrlField::ErrorCallback, UrlField::NewUserCallback];

/// The errors of one status.
#[derive(Debug, Default)]
struct Refused {
    codes: Vec<String>,
    /// Of errors without a code.
    messages: Vec<String>,
    has_no_code: bool,
    is_bodiless: bool,
}

/// The errors of one endpoint, by status.
#[derive(Debug, Default)]
pub struct Refusals(BTreeMap<u16, Refused>);

impl Refusals {
    /// Those of an endpoint.
    pub fn of(endpoint: Endpoint, rules: Rules, operation: &Operation) -> Self {
        let mut all = Self::default();
        let is_post = endpoint.method == "POST";
        for listed in &operation.comment.refusals {
            // One file may serve two methods: the refused one is no GET.
            if listed.status == 405 && !is_post {
                continue;
            }
            let refused = all.0.entry(listed.status).or_default();
            refused.codes.extend(listed.codes.iter().cloned());
            refused.messages.extend(listed.messages.iter().cloned());
            refused.has_no_code |= !listed.messages.is_empty();
            refused.is_bodiless |= listed.is_bodiless;
        }
        if operation.is_alone {
            return all;
        }
        if is_post {
            all.add(&Error::PayloadTooLarge);
            all.add(&Error::MissingOrNullOrigin);
            all.add(&Error::InvalidOrigin);
        }
        // Of a query it is `callbackURL` alone.
        let fields = if is_post && rules.reads_body { &URL_FIELDS[..] } else { &URL_FIELDS[..1] };
        for &field in fields {
            all.add(&Error::UntrustedUrl(field));
        }
        all.add(&Error::UrlNotString(UrlField::Callback));
        if is_post && rules.reads_body {
            all.add(&Error::InvalidJson);
            let (sent, allowed) = (String::new(), String::new());
            all.add(&Error::UnsupportedMediaType { sent, allowed });
        }
        if operation.query.iter().any(|field| field.takes != Takes::Switch)
            || endpoint.path.contains('{')
        {
            all.add(&Error::UnstorableText);
        }
        all.add(&Error::too_many_requests(0));
        all.add(&Error::internal(""));
        all.add(&Error::Busy);
        all
    }

    fn add(&mut self, error: &Error) {
        let (status, code) = error.wire();
        let refused = self.0.entry(status.as_u16()).or_default();
        let Some(code) = code else {
            refused.has_no_code = true;
            refused.messages.push(error.to_string());
            return;
        };
        if !refused.codes.iter().any(|known| known == code) {
            refused.codes.push(code.to_owned());
        }
    }

    /// The answers, by status. Those that are alike everywhere stand in the components.
    pub fn responses(&self) -> Map<String, Value> {
        let response = |(status, refused): (&u16, &Refused)| {
            let shared = COMMON.iter().find(|(common, ..)| common == status);
            let value = match shared {
                Some((_, name, _)) => json!({ "$ref": format!("#/components/responses/{name}") }),
                None => refused.response(),
            };
            (status.to_string(), value)
        };
        self.0.iter().map(response).collect()
    }
}

impl Refused {
    fn response(&self) -> Value {
        let codes = self.codes.iter().map(|code| format!("`{code}`"));
        let messages = self.messages.iter().map(|text| format!("\"{text}\""));
        let mut parts: Vec<_> = codes.chain(messages).collect();
        if self.is_bodiless {
            parts.push("no body".to_owned());
        }
        let mut schema = json!({ "$ref": "#/components/schemas/Error" });
        if !self.codes.is_empty() {
            schema["properties"] = json!({ "code": { "enum": self.codes } });
        }
        if !self.has_no_code {
            schema["required"] = json!(["code"]);
        }
        let mut response = json!({
            "description": parts.join(", "),
            "content": { "application/json": { "schema": schema } },
        });
        if self.is_bodiless {
            response["x-may-be-empty"] = true.into();
        }
        response
    }
}

/// Status, component and meaning of answers that are alike wherever they come.
const COMMON: [(u16, &str, &str); 5] = [
    (413, "PayloadTooLarge", "`PAYLOAD_TOO_LARGE`: the body has more than 4 MiB"),
    (415, "UnsupportedMediaType", "`UNSUPPORTED_MEDIA_TYPE`: the body has another type"),
    (429, "TooManyRequests", "More than a limit allows; no code"),
    (500, "InternalServerError", "`INTERNAL_SERVER_ERROR`: a fault of the service"),
    (503, "ServiceUnavailable", "`SERVICE_UNAVAILABLE`: the database is away, or it is busy"),
];

/// The components that [`Refusals::responses`] refers to.
pub fn common() -> Map<String, Value> {
    let response = |(status, name, description): (u16, &str, &str)| {
        let code = description.split('`').nth(1);
        let refused = Refused {
            codes: code.map(str::to_owned).into_iter().collect(),
            has_no_code: code.is_none(),
            ..Refused::default()
        };
        let mut response = refused.response();
        response["description"] = description.into();
        let retry = |description: &str| json!({ "description": description, "schema": { "type": "integer" } });
        match status {
            429 => {
                let header = retry("Seconds until there is room again");
                response["headers"] = json!({ "X-Retry-After": header, "Retry-After": header });
            }
            503 => {
                let header = retry("Seconds until it is worth another try");
                response["headers"] = json!({ "Retry-After": header });
            }
            _ => {}
        }
        (name.to_owned(), response)
    };
    COMMON.into_iter().map(response).collect()
}

#[cfg(test)]
mod tests {
    use super::super::operations;
    use crate::routes::TABLE;

    #[test]
    fn a_code_that_a_comment_lists_is_one() {
        let table = include_str!("../../../shared/src/error.rs");
        for row in TABLE {
            for refusal in operations::of(row.name).unwrap().comment.refusals {
                for code in refusal.codes {
                    assert!(table.contains(&format!("\"{code}\"")), "{}: {code}", row.name);
                }
            }
        }
    }
}
