//! Counters of one request.

/// What a request counts.
#[derive(Clone, Debug, Default)]
pub struct Counters;

impl Counters {
    pub fn keys(&self) -> Vec<String> {
        Vec::new()
    }
    pub fn windows_ms(&self) -> Vec<i64> {
        Vec::new()
    }
    pub fn maxima(&self) -> Vec<i32> {
        Vec::new()
    }
    pub fn fixed(&self) -> Vec<bool> {
        Vec::new()
    }
}

impl<S: Sync> axum::extract::FromRequestParts<S> for Counters {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(
        _: &mut axum::http::request::Parts,
        _: &S,
    ) -> Result<Self, Self::Rejection> {
        Ok(Self)
    }
}
