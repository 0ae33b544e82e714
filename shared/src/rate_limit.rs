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
