//! What every request goes through before and after its handler. core.md §2.

use std::any::Any;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use shared::body::{self, MAX_BYTES, Parsed};
use shared::outgoing::Outgoing;
use shared::{Error, Source, token};
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument;

use crate::route::{Route, Row, Rules};

/// Longer than any wait of ours: who meets it hangs on a body that does not arrive.
const DEADLINE: Duration = Duration::from_secs(8);

static X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The name under which a request stands in the log; Lambda's own where there is one.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// A route with its checks, over the database and the keys.
pub(crate) fn with_source(route: Route<Source>, source: &Source) -> Router {
    let row = route.row;
    let admitting = source.clone();
    let admit = move |request, next| admit(row.rules, admitting.clone(), request, next);
    observed(row, route.router().layer(from_fn(admit)).with_state(source.clone()))
}

/// A route that needs neither.
pub(crate) fn alone(route: Route<()>) -> Router {
    observed(route.row, route.router())
}

/// A path that is no endpoint: 404, no body, no content type, no `Allow` (core.md §1).
pub(crate) async fn unknown(request: Request) -> Response {
    logged("unknown", request_id(&request), async { StatusCode::NOT_FOUND.into_response() }).await
}

/// Logging, the deadline and the net under panics.
fn observed(row: Row, router: Router) -> Router {
    router
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(move |request, next| observe(row, request, next)))
}

/// Parses the body and checks origin and URL fields: what no handler may forget.
async fn admit(rules: Rules, source: Source, mut request: Request, next: Next) -> Response {
    // What the handler leaves here goes out with whatever it answers.
    let outgoing = Outgoing::default();
    request.extensions_mut().insert(outgoing.clone());
    let mut response = admitted(rules, source, request, next).await;
    outgoing.write(response.headers_mut());
    response
}

async fn admitted(rules: Rules, source: Source, request: Request, next: Next) -> Response {
    // Reads change nothing and are protected by the same-origin policy.
    if request.method() == Method::GET {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let admitted = async {
        let bytes = read(body).await?;
        let parsed = if rules.reads_body {
            let declared = &source.config().fields;
            let keeps = |name: &str| rules.nested.contains(&name) || declared.keeps_nested(name);
            body::parse(&parts.headers, &bytes, rules.media_types, &keeps)?
        } else {
            Parsed::default()
        };
        source.with_trust(&parts, |trust| {
            trust.check_origin(&parts.headers, rules.origin)?;
            trust.check_url_fields(parsed.0.as_ref(), parts.uri.query())
        })?;
        Ok::<Parsed, Error>(parsed)
    };
    match admitted.await {
        Ok(parsed) => {
            parts.extensions.insert(parsed);
            next.run(Request::from_parts(parts, Body::empty())).await
        }
        Err(error) => error.into_response(),
    }
}

async fn read(body: Body) -> Result<Bytes, Error> {
    axum::body::to_bytes(body, MAX_BYTES).await.map_err(|_| Error::PayloadTooLarge)
}

/// Refuses all methods but the row's, and waits for the handler no longer than [`DEADLINE`].
async fn observe(row: Row, request: Request, next: Next) -> Response {
    let id = request_id(&request);
    logged(row.name, id, async {
        let is_answered = request
            .extensions()
            .get::<MatchedPath>()
            .is_some_and(|path| row.answers(request.method(), path.as_str()));
        if !is_answered {
            return StatusCode::NOT_FOUND.into_response();
        }
        match tokio::time::timeout(DEADLINE, next.run(request)).await {
            Ok(response) => response,
            Err(_) => Error::unavailable("the deadline passed").into_response(),
        }
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
    let span = tracing::info_span!("request", %id, route);
    async {
        let started = Instant::now();
        let mut response = answer.await;
        let millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(status = response.status().as_u16(), millis, "answered");
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
