//! An answer of the service.

use axum::body::Body;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, Response};
use http_body_util::BodyExt;
use serde_json::Value;

/// An answer, read whole.
#[derive(Clone, Debug)]
pub struct Reply {
    /// As a number.
    pub status: u16,
    /// All of them.
    pub headers: HeaderMap,
    /// The body.
    pub text: String,
}

impl Reply {
    /// Reads all of it.
    pub async fn read(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    /// The body, which has to be JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The error's code; empty where the answer is none.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The error's words; empty where the answer is none.
    pub fn message(&self) -> String {
        self.json()["message"].as_str().unwrap_or_default().to_owned()
    }

    /// A header's text; empty when absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The `Set-Cookie` lines, in order.
    pub fn set_cookies(&self) -> Vec<&str> {
        self.headers.get_all(SET_COOKIE).iter().map(|line| line.to_str().unwrap()).collect()
    }

    /// What a browser would send back: `name=value; name=value`.
    pub fn cookies(&self) -> String {
        let pairs = self.set_cookies().into_iter().map(|line| line.split(';').next().unwrap());
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// What a browser that sent `cookies` holds after this answer: of a name the last line counts.
    pub fn cookies_after(&self, cookies: &str) -> String {
        let mut jar: Vec<(String, String)> = Vec::new();
        let mut put = |pair: &str, is_cleared: bool| {
            let (name, value) = pair.split_once('=').unwrap();
            jar.retain(|(other, _)| other != name);
            if !is_cleared {
                jar.push((name.to_owned(), value.to_owned()));
            }
        };
        cookies.split("; ").filter(|pair| !pair.is_empty()).for_each(|pair| put(pair, false));
        for line in self.set_cookies() {
            put(line.split(';').next().unwrap(), line.contains("=; Max-Age=0;"));
        }
        let pairs: Vec<_> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    /// The names of the cookies that it takes away, without their prefix, in order.
    pub fn cleared(&self) -> Vec<&str> {
        let cleared = self.set_cookies().into_iter().filter(|line| line.contains("=; Max-Age=0;"));
        cleared.map(|line| line.split_once("=;").unwrap().0.split_once('.').unwrap().1).collect()
    }
}
