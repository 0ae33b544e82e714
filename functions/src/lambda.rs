//! One route as a Lambda behind an API Gateway HTTP API (payload format 2.0).
//!
//! `lambda_http` brings the types; its conversion of requests is not used: it builds the URL from
//! `rawPath` and `Host`, which arrive as the client wrote them, and panics where they make none.
//! The gateway has chosen the function already, so the path that counts is the route's own.

use std::collections::HashMap;
use std::net::IpAddr;

use axum::Router;
use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, COOKIE, SET_COOKIE};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt;
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use lambda_http::{LambdaEvent, lambda_runtime, service_fn};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use shared::Source;
use shared::base_url::BaseUrl;
use shared::client::ClientIp;
use shared::config::ConfigError;
use tower::ServiceExt;

use crate::pipeline::{self, RequestId};
use crate::route::{Endpoint, Route, Row};
use crate::telemetry;

/// What a query may not hold as it is (RFC 3986, section 3.4).
const QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');

/// What a route needs of the process around it.
pub trait State: Sized {
    /// Reads settings and secrets, once, at cold start.
    fn load() -> impl Future<Output = Result<Self, ConfigError>> + Send;

    /// The route with its checks.
    fn router(self, route: Route<Self>) -> Router;
}

impl State for Source {
    async fn load() -> Result<Self, ConfigError> {
        Self::managed(environment).await
    }

    fn router(self, route: Route<Self>) -> Router {
        pipeline::with_source(route, &self)
    }
}

impl State for () {
    async fn load() -> Result<Self, ConfigError> {
        Ok(())
    }

    fn router(self, route: Route<Self>) -> Router {
        pipeline::alone(route)
    }
}

/// Serves one route until Lambda ends the process. A missing or malformed setting ends it at once,
/// named in the log with its cure.
///
/// Errors: the runtime's interface is away.
pub async fn serve<S: State>(route: Route<S>) -> Result<(), lambda_http::Error> {
    telemetry::start(environment).unwrap_or_else(|error| give_up(&error));
    let row = route.row;
    let state = S::load().await.unwrap_or_else(|error| give_up(&error));
    (route.at_start)(&state);
    let router = state.router(route);
    telemetry::ready(&row.binary());
    lambda_runtime::run(service_fn(|event: LambdaEvent<Event>| answer(row, router.clone(), event)))
        .await
}

/// Ends the process with one line in the log. An error returned from `main` would be a second one,
/// which is no JSON.
pub fn give_up(error: &dyn std::error::Error) -> ! {
    tracing::error!(%error, "can't start");
    std::process::exit(1)
}

/// The one place of the functions that reads the environment.
#[expect(clippy::disallowed_methods, reason = "read at start and passed on as a lookup")]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// An event of payload format 2.0, as far as an endpoint looks at it. All of it may be missing.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Event {
    raw_query_string: String,
    /// What the braces of the route's path took, decoded.
    path_parameters: Option<HashMap<String, String>>,
    cookies: Option<Vec<String>>,
    headers: Option<HashMap<String, String>>,
    body: Option<String>,
    is_base64_encoded: bool,
    request_context: RequestContext,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RequestContext {
    /// The API's domain: `<id>.execute-api.<region>.amazonaws.com`, or a custom one.
    domain_name: Option<String>,
    /// `$default`, or a named one.
    stage: Option<String>,
    http: Http,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Http {
    method: String,
    source_ip: Option<String>,
}

async fn answer(
    row: Row,
    router: Router,
    event: LambdaEvent<Event>,
) -> Result<ApiGatewayV2httpResponse, lambda_http::Error> {
    let mut request = event.payload.into_request(row);
    request.extensions_mut().insert(RequestId(event.context.request_id));
    let response = match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    into_event(response).await
}

impl Event {
    fn into_request(self, row: Row) -> Request<Body> {
        let mut request = Request::new(Body::from(self.body_bytes()));
        let method = self.request_context.http.method.as_str();
        // Only a row with two methods leaves a choice: the gateway has matched the route already.
        let endpoint = row.endpoints.iter().find(|endpoint| endpoint.method == method);
        let Endpoint { method, path } = *endpoint.unwrap_or(&row.endpoints[0]);
        *request.method_mut() = method.parse().expect("the table holds methods");
        *request.uri_mut() = path_and_query(&self.filled(path), &self.raw_query_string).into();
        let stage = self.request_context.stage.as_deref();
        let domain = self.request_context.domain_name.as_deref();
        if let Some(base_url) = domain.and_then(|domain| BaseUrl::of_domain(domain, stage)) {
            request.extensions_mut().insert(base_url);
        }
        let ip = self.request_context.http.source_ip.as_deref();
        if let Some(ip) = ip.and_then(|ip| ip.parse::<IpAddr>().ok()) {
            request.extensions_mut().insert(ClientIp(ip));
        }
        *request.headers_mut() = self.into_headers();
        request
    }

    /// A route's path with its braces filled.
    fn filled(&self, path: &str) -> String {
        let filled = path.split('/').map(|part| {
            let name = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
            let Some(name) = name else { return part.to_owned() };
            let value = self.path_parameters.as_ref().and_then(|values| values.get(name));
            utf8_percent_encode(value.map_or("", String::as_str), NON_ALPHANUMERIC).to_string()
        });
        filled.collect::<Vec<_>>().join("/")
    }

    /// Text that calls itself base64 and is none is taken as it is: it will be no JSON either.
    fn body_bytes(&self) -> Vec<u8> {
        let text = self.body.as_deref().unwrap_or_default();
        let decoded = self.is_base64_encoded.then(|| STANDARD.decode(text).ok()).flatten();
        decoded.unwrap_or_else(|| text.as_bytes().to_vec())
    }

    /// Headers that are none are left out. Cookies come in a list of their own.
    fn into_headers(self) -> HeaderMap {
        let header = |(name, value): (String, String)| {
            let name = HeaderName::try_from(name).ok()?;
            Some((name, HeaderValue::from_bytes(value.as_bytes()).ok()?))
        };
        let mut headers: HeaderMap =
            self.headers.unwrap_or_default().into_iter().filter_map(header).collect();
        headers.remove(CONTENT_LENGTH); // of the body as it travelled
        for cookie in self.cookies.unwrap_or_default() {
            if let Ok(cookie) = HeaderValue::from_bytes(cookie.as_bytes()) {
                headers.append(COOKIE, cookie);
            }
        }
        headers
    }
}

fn path_and_query(path: &str, query: &str) -> PathAndQuery {
    let query = utf8_percent_encode(query, QUERY).to_string();
    PathAndQuery::try_from(format!("{path}?{query}"))
        .or_else(|_| PathAndQuery::try_from(path))
        .unwrap_or_else(|_| PathAndQuery::from_static("/"))
}

async fn into_event(
    response: Response<Body>,
) -> Result<ApiGatewayV2httpResponse, lambda_http::Error> {
    let (parts, body) = response.into_parts();
    let body = String::from_utf8(body.collect().await?.to_bytes().to_vec())?;
    let mut headers = parts.headers;
    let lines = headers.get_all(SET_COOKIE).iter();
    let cookies = lines.map(|line| line.to_str().map(str::to_owned)).collect::<Result<_, _>>()?;
    headers.remove(SET_COOKIE);

    let mut event = ApiGatewayV2httpResponse::default();
    event.status_code = parts.status.as_u16().into();
    event.headers = headers;
    event.cookies = cookies;
    event.body = Some(lambda_http::Body::Text(body));
    Ok(event)
}

#[cfg(test)]
mod tests {
    use axum::http::header::{HOST, USER_AGENT};
    use serde_json::json;

    use super::*;

    fn request(event: serde_json::Value) -> Request<Body> {
        let event: Event = serde_json::from_value(event).unwrap();
        event.into_request(crate::routes::get_session().row)
    }

    #[test]
    fn the_path_is_the_routes_own_whatever_the_client_wrote() {
        for raw_path in ["/prod/api/auth/session", "/api/auth/\0", "/ü ?#", "//evil", "", "%"] {
            let request = request(json!({
                "rawPath": raw_path,
                "rawQueryString": "a=\u{fc} \"<>#&disableRefresh=1",
                "headers": { "host": "a b:c", "x-bad header": "1", "x-bad": "a\nb" },
            }));

            assert_eq!(request.uri().path(), "/api/auth/get-session");
            assert!(request.uri().query().unwrap().ends_with("&disableRefresh=1"));
            assert_eq!(request.headers().len(), 1, "{:?}", request.headers());
            assert!(request.headers().contains_key(HOST));
        }
    }

    #[test]
    fn braces_are_filled_and_methods_told_apart() {
        let row = crate::routes::get_reset_password().row;
        let path = |event: serde_json::Value| {
            let event: Event = serde_json::from_value(event).unwrap();
            event.into_request(row).uri().path().to_owned()
        };
        assert_eq!(
            path(json!({ "pathParameters": { "token": "aZ09" } })),
            "/api/auth/reset-password/aZ09"
        );
        assert_eq!(
            path(json!({ "pathParameters": { "token": "a/../?#%ü\u{0}" } })),
            "/api/auth/reset-password/a%2F%2E%2E%2F%3F%23%25%C3%BC%00"
        );
        assert_eq!(path(json!({})), "/api/auth/reset-password/");

        let posted = request(json!({ "requestContext": { "http": { "method": "POST" } } }));
        assert_eq!(
            (posted.method().as_str(), request(json!({})).method().as_str()),
            ("POST", "GET")
        );
    }

    #[test]
    fn cookies_and_odd_bytes_arrive() {
        let request = request(json!({
            "cookies": ["a=1", "b=\u{fc}"],
            "headers": { "user-agent": "Über/1 ✓" },
            "body": "eyJhIjoxfQ==",
            "isBase64Encoded": true,
            "requestContext": {
                "domainName": "id.execute-api.eu-central-1.amazonaws.com",
                "http": { "sourceIp": "203.0.113.5" },
            },
        }));

        assert_eq!(request.headers().get_all(COOKIE).iter().count(), 2);
        assert_eq!(request.headers()[USER_AGENT].as_bytes(), "Über/1 ✓".as_bytes());
        assert!(request.extensions().get::<BaseUrl>().unwrap().is_https());
        assert_eq!(request.extensions().get::<ClientIp>().unwrap().0.to_string(), "203.0.113.5");
    }

    #[test]
    fn an_event_may_lack_anything() {
        for event in [
            json!({}),
            json!({ "headers": null, "cookies": null, "body": null }),
            json!({ "requestContext": { "http": { "sourceIp": "unknown" } } }),
            json!({ "requestContext": { "domainName": "no domain", "http": { "sourceIp": "" } } }),
        ] {
            let request = request(event);

            assert!(request.extensions().get::<ClientIp>().is_none());
            assert!(request.extensions().get::<BaseUrl>().is_none());
        }
    }

    #[test]
    fn bodies_are_decoded_if_they_can_be() {
        let bytes = |body: &str| {
            let event = json!({ "body": body, "isBase64Encoded": true });
            serde_json::from_value::<Event>(event).unwrap().body_bytes()
        };

        assert_eq!(bytes("eyJhIjoxfQ=="), b"{\"a\":1}");
        assert_eq!(bytes("{no base64}"), b"{no base64}");
    }
}
