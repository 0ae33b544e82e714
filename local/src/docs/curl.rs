//! A request of each endpoint, to be typed.

use std::fmt::Write as _;

use serde_json::Value;

/// A `curl` that reaches the endpoint. The session is kept in `cookies.txt`, as by signing in.
pub fn example(origin: &str, method: &str, path: &str, operation: &Value) -> String {
    let mut url = format!("{origin}{path}");
    let mut joint = '?';
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap_or_default();
        let value = if name == "callbackURL" { "/welcome" } else { "8f2c1b7e9a4d60538f2c1b7e" };
        if parameter["in"] == "path" {
            url = url.replace(&format!("{{{name}}}"), value);
        } else if parameter["required"] == true {
            let _ = write!(url, "{joint}{name}={value}");
            joint = '&';
        }
    }
    let is_post = method == "POST";
    let mut command = String::from("curl ");
    if is_post {
        command.push_str("-X POST ");
    }
    let _ = write!(command, "'{url}'");
    let body = &operation["requestBody"]["content"]["application/json"]["example"];
    if body.is_object() {
        command.push_str(" \\\n  -H 'Content-Type: application/json'");
    }
    let knows_session = operation["security"].as_array().is_some_and(|ways| !ways.is_empty());
    if knows_session {
        command.push_str(" \\\n  -b cookies.txt");
        if is_post {
            let _ = write!(command, " -H 'Origin: {origin}'");
        }
    } else if !operation["responses"]["200"]["headers"]["Set-Cookie"].is_null() {
        command.push_str(" \\\n  -c cookies.txt");
    }
    if body.is_object() {
        let text = body.to_string().replace('\'', r"'\''");
        let _ = write!(command, " \\\n  -d '{text}'");
    }
    command
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_typed_says_all_that_is_asked() {
        let operation = json!({
            "parameters": [
                { "name": "token", "in": "path", "required": true },
                { "name": "callbackURL", "in": "query", "required": true },
                { "name": "x", "in": "query", "required": false },
            ],
            "requestBody": { "content": { "application/json": { "example": { "a": "it's" } } } },
            "security": [{ "cookie": [] }],
        });

        assert_eq!(
            example("http://x", "POST", "/p/{token}", &operation),
            "curl -X POST 'http://x/p/8f2c1b7e9a4d60538f2c1b7e?callbackURL=/welcome' \\\n  \
             -H 'Content-Type: application/json' \\\n  \
             -b cookies.txt -H 'Origin: http://x' \\\n  -d '{\"a\":\"it'\\''s\"}'"
        );
    }
}
