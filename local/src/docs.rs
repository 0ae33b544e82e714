//! `GET /docs`: the API's description as a page, on a laptop alone. No script, nothing from outside.

mod curl;
mod markup;
mod page;
mod schema;

use axum::Router;
use axum::http::HeaderName;
use axum::http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::IntoResponse;
use axum::routing::get;
use shared::config::{Config, Mode};

/// Its own style sheet, and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// The page, its style, and the description itself; none but on a laptop.
pub fn router(config: &Config) -> Option<Router> {
    let base_url = config.base_url.as_ref().filter(|_| config.mode == Mode::Development)?;
    let page = page::render(&functions::openapi::document(), base_url.origin());
    let answer = |content_type: &'static str, text: String| {
        get(async move || (headers(content_type), text).into_response())
    };
    let router = Router::new()
        .route("/docs", answer("text/html; charset=utf-8", page))
        .route("/docs/style.css", answer("text/css", include_str!("docs/style.css").to_owned()))
        .route("/docs/openapi.json", answer("application/json", functions::openapi::text()));
    Some(router)
}

fn headers(content_type: &'static str) -> [(HeaderName, &'static str); 4] {
    [
        (CONTENT_TYPE, content_type),
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ]
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::{Request, StatusCode};
    use tower::ServiceExt as _;

    use super::*;

    fn on(variables: &[(&str, &str)]) -> Option<Router> {
        let var = |name: &str| {
            let set = variables.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
            set.or((name == "PUBLIC_URL").then_some("http://localhost:4000")).map(str::to_owned)
        };
        router(&Config::from_vars(var).unwrap())
    }

    async fn get(path: &str) -> String {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = on(&[]).unwrap().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let policy = response.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'self';"));
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn every_endpoint_is_on_the_page_and_every_link_leads_somewhere() {
        let page = get("/docs").await;

        for row in functions::routes::TABLE {
            for endpoint in row.endpoints {
                let curl = format!("http://localhost:4000{}", endpoint.path.replace("{token}", ""));
                assert!(page.contains(endpoint.path) && page.contains(&curl), "{}", endpoint.path);
            }
        }
        for link in page.split("href=\"#").skip(1) {
            let id = link.split('"').next().unwrap();
            assert_eq!(page.matches(&format!(" id=\"{id}\"")).count(), 1, "{id}");
        }
    }

    #[tokio::test]
    async fn nothing_runs_and_nothing_comes_from_outside() {
        let (page, style) = (get("/docs").await, get("/docs/style.css").await);

        assert!(!page.contains("<script") && !page.contains(" style="));
        assert!(!page.contains("src=") && !style.contains("url(") && !style.contains("@import"));
        for link in page.split("href=\"").skip(1) {
            assert!(link.starts_with('#') || link.starts_with("/docs/"), "{link:.40}");
        }
    }

    #[test]
    fn production_has_no_such_page() {
        assert!(on(&[("NODE_ENV", "production")]).is_none());
    }

    #[tokio::test]
    async fn the_description_itself_is_there() {
        assert_eq!(get("/docs/openapi.json").await, functions::openapi::text());
    }
}
