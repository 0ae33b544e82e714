//! CORS for the origins of `CORS_ORIGIN`. On AWS the gateway does this, from the same list.

use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, Method};
use shared::config::Config;
use tower_http::cors::{AllowOrigin, CorsLayer};

/// The layer, or none where `CORS_ORIGIN` names no origin: then OPTIONS is 404 as everywhere (core.md §1).
pub fn layer(config: &Config) -> Option<CorsLayer> {
    let origins: Vec<_> = config
        .trusted_origins
        .iter()
        .map(|origin| HeaderValue::try_from(origin).expect("an origin is ASCII"))
        .collect();
    (!origins.is_empty()).then(|| {
        CorsLayer::new()
            .allow_origin(AllowOrigin::list(origins))
            .allow_credentials(true)
            .allow_methods([Method::GET, Method::POST])
            .allow_headers([ACCEPT, AUTHORIZATION, CONTENT_TYPE])
            .expose_headers([
                HeaderName::from_static("set-auth-token"),
                HeaderName::from_static("x-retry-after"),
                RETRY_AFTER,
            ])
    })
}
