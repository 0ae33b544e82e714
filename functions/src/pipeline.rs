//! What every request goes through before and after its handler. core.md §2.

use std::any::Any;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{MatchedPath, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use shared::audit::Audit;
use shared::body::{self, MAX_BYTES, Parsed};
use shared::client::ClientIp;
use shared::config::DisabledPaths;
use shared::error::LoggedCode;
use shared::outgoing::Outgoing;
use shared::rate_limit::Counters;
use shared::{Error, Source, token};
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument;

use crate::route::{Limit, Route, Row, Rules, is_disabled};
use crate::telemetry::observed::Observed;

/// Longer than any wait of ours: who meets it hangs on a body that does not arrive.
const DEADLINE: Duration = Duration::from_secs(8);

static X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The name under which a request stands in the log; Lambda's own where there is one.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// A route with its checks, over the database and the keys.
pub(crate) fn with_source(route: Route<Source>, source: &Source) -> Router {
    let row = route.row;
    let config = source.config();
    let admitting = source.clone();
    let admit = move |request, next| admit(row, admitting.clone(), request, next);
    let router = route.router(config.skip_trailing_slashes).layer(from_fn(admit));
    observed(row, &config.disabled_paths, router.with_state(source.clone()))
}

/// A route that needs neither, of a process that has no settings.
pub(crate) fn alone(route: Route<()>) -> Router {
    observed(route.row, &DisabledPaths::default(), route.router(false))
}

/// A route that needs neither, beside others.
pub(crate) fn alone_among(route: Route<()>, source: &Source) -> Router {
    let config = source.config();
    observed(route.row, &config.disabled_paths, route.router(config.skip_trailing_slashes))
}

/// A path that is no endpoint: 404, no body, no content type, no `Allow` (core.md §1).
pub(crate) async fn unknown(source: Source, request: Request) -> Response {
    let is_disabled = is_disabled(request.uri().path(), &source.config().disabled_paths);
    logged("unknown", request_id(&request), async move {
        if is_disabled { disabled() } else { StatusCode::NOT_FOUND.into_response() }
    })
    .await
}

/// Better Auth's answer for a path of `DISABLED_PATHS`.
fn disabled() -> Response {
    let content_type = HeaderValue::from_static("text/plain;charset=UTF-8");
    (StatusCode::NOT_FOUND, [(CONTENT_TYPE, content_type)], "Not Found").into_response()
}

/// Logging, the deadline and the net under panics.
fn observed(row: Row, disabled_paths: &DisabledPaths, router: Router) -> Router {
    let row_is_disabled = row.is_disabled(disabled_paths);
    let disabled_paths = disabled_paths.clone();
    router.layer(CatchPanicLayer::custom(panicked)).layer(from_fn(move |request: Request, next| {
        // A path with a token in it may be named as well.
        let is_disabled = row_is_disabled || is_disabled(request.uri().path(), &disabled_paths);
        observe(row, is_disabled, request, next)
    }))
}

/// What no handler may forget: counts the request, parses the body, checks origin and URL fields.
///
/// A handler that counts in its first statement is trusted to: what ends before that statement is
/// counted here, behind it. Its answer gives way to 429 then, so that no order of checks lets anybody
/// ask without end.
async fn admit(row: Row, source: Source, mut request: Request, next: Next) -> Response {
    // What the handler leaves here goes out with whatever it answers.
    let outgoing = Outgoing::default();
    request.extensions_mut().insert(outgoing.clone());
    let mut response = counted(row, &source, request, next).await;
    outgoing.write(response.headers_mut());
    response
}

async fn counted(row: Row, source: &Source, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    note_client(source, &parts);
    let mut counters = Counters::default();
    if let Some(path) = row.path() {
        parts.extensions.insert(path);
        counters = source.counters(&parts, path.0);
    }
    if row.rules.limit == Limit::Before
        && let Err(error) = source.count(&counters).await
    {
        return error.into_response();
    }
    let response = match admitted(row.rules, source, &mut parts, body).await {
        Ok(body) => {
            parts.extensions.insert(counters.clone());
            next.run(Request::from_parts(parts, body)).await
        }
        Err(error) => error.into_response(),
    };
    if counters.is_settled() {
        return response;
    }
    match source.count(&counters).await {
        Err(limited @ Error::TooManyRequests { .. }) => limited.into_response(),
        // Refused already, and nothing was done that a limit would guard.
        Ok(()) | Err(_) => response,
    }
}

/// Notes where a request comes from, before anything can refuse it.
fn note_client(source: &Source, parts: &Parts) {
    let Some(audit) = parts.extensions.get::<Audit>() else { return };
    let peer = parts.extensions.get::<ClientIp>().copied();
    let rules = &source.config().client_address;
    audit.came_from(rules.of_request(peer, &parts.headers), &parts.headers);
}

/// Leaves the parsed body and the checked URL fields in the extensions; gives the body that remains.
async fn admitted(
    rules: Rules,
    source: &Source,
    parts: &mut Parts,
    body: Body,
) -> Result<Body, Error> {
    // Reads change nothing and are protected by the same-origin policy. Where they redirect, they
    // must not redirect anywhere.
    if parts.method == Method::GET {
        let fields = source.with_trust(parts, |trust| trust.url_fields(None, parts.uri.query()))?;
        parts.extensions.insert(fields);
        return Ok(body);
    }
    let bytes = read(body).await?;
    let parsed = if rules.reads_body {
        let declared = &source.config().fields;
        let keeps = |name: &str| rules.nested.contains(&name) || declared.keeps_nested(name);
        body::parse(&parts.headers, &bytes, rules.media_types, &keeps)?
    } else {
        Parsed::default()
    };
    let fields = source.with_trust(parts, |trust| {
        trust.check_origin(&parts.headers, rules.origin)?;
        trust.url_fields(parsed.0.as_ref(), parts.uri.query())
    })?;
    parts.extensions.insert(parsed);
    parts.extensions.insert(fields);
    Ok(Body::empty())
}

async fn read(body: Body) -> Result<Bytes, Error> {
    axum::body::to_bytes(body, MAX_BYTES).await.map_err(|_| Error::PayloadTooLarge)
}

/// Refuses all methods but the row's, waits for the handler no longer than [`DEADLINE`], and writes what
/// a request leaves in audit log and metrics.
async fn observe(row: Row, is_disabled: bool, mut request: Request, next: Next) -> Response {
    let id = request_id(&request);
    logged(row.name, id, async {
        if is_disabled {
            return disabled();
        }
        let skips = request.uri().path().ends_with('/');
        let is_answered = request.extensions().get::<MatchedPath>().is_some_and(|path| {
            let path = path.as_str();
            let path = if skips { path.strip_suffix('/').unwrap_or(path) } else { path };
            row.answers(request.method(), path)
        });
        if !is_answered {
            return StatusCode::NOT_FOUND.into_response();
        }
        let observed = Observed::begin(row.action, &mut request);
        let response = match tokio::time::timeout(DEADLINE, next.run(request)).await {
            Ok(response) => response,
            Err(_) => Error::unavailable("the deadline passed").into_response(),
        };
        observed.end(&response);
        response
    })
    .await
}

fn request_id(request: &Request) -> String {
    request.extensions().get::<RequestId>().map_or_else(token::random, |id| id.0.clone())
}

/// Answers under an id that stands in every line of the log and in the answer. One line a request,
/// by the name of its route: URLs will carry tokens.
async fn logged(
    route: &'static str,
    id: String,
    answer: impl Future<Output = Response>,
) -> Response {
    // At the level of errors: whatever is heard names its request.
    let span = tracing::error_span!("request", %id, route);
    async {
        let started = Instant::now();
        let mut response = answer.await;
        let millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let code = response.extensions().get().map(|LoggedCode(code)| *code);
        tracing::info!(status = response.status().as_u16(), code, millis, "answered");
        if let Ok(id) = HeaderValue::try_from(id) {
            response.headers_mut().insert(X_REQUEST_ID.clone(), id);
        }
        response
    }
    .instrument(span)
    .await
}

/// A panic is a bug of ours, and costs one request.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("of unknown kind");
    Error::internal(format!("panic: {message}")).into_response()
}

#[cfg(test)]
mod tests {
    use axum::routing::any;
    use tower::ServiceExt as _;

    use super::*;
    use crate::routes;

    #[tokio::test]
    async fn a_panic_costs_one_request_and_tells_nothing() {
        async fn broken(request: Request) -> StatusCode {
            assert_ne!(request.method(), Method::GET, "a secret cause");
            StatusCode::OK
        }
        let route = Route { handler: any(broken), ..routes::ok() };
        let router = alone(route);
        let send = || {
            let request = Request::get("/api/auth/ok").body(Body::empty()).unwrap();
            router.clone().oneshot(request)
        };

        for _ in 0..2 {
            let response = send().await.unwrap();

            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
            assert!(response.headers().contains_key(&X_REQUEST_ID));
            let body = axum::body::to_bytes(response.into_body(), MAX_BYTES).await.unwrap();
            let expected = r#"{"message":"Internal Server Error","code":"INTERNAL_SERVER_ERROR"}"#;
            assert_eq!(body, expected.as_bytes());
        }
    }
}
