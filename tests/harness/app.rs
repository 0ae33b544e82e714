//! The service under test, and requests to it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, ORIGIN};
use axum::http::{HeaderName, HeaderValue, Method, Request};
use functions::routes;
use serde_json::{Value, json};
use shared::Source;
use shared::client::ClientIp;
use shared::clock::Clock;
use shared::config::Config;
use shared::db::Pool;
use shared::doorbell::Doorbell;
use shared::keys::Keyring;
use shared::password::NewHash;
use time::OffsetDateTime;
use time::macros::datetime;
use tower::ServiceExt;

use crate::database::{Database, variable};
use crate::described;
use crate::reply::Reply;

/// When every test begins.
pub const START: OffsetDateTime = datetime!(2026-11-23 12:00 UTC);
/// The origin of the service.
pub const BASE: &str = "http://localhost:4000";
/// Signs in every test.
pub const SECRET: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCD";

/// The service over a database of its own.
pub struct TestApp {
    /// Its connections, also for a test's own looks.
    pub db: Pool,
    /// Stands still unless the test moves it.
    pub clock: Clock,
    router: Router,
    // Dropped last: connections go before their database.
    database: Arc<Database>,
}

impl TestApp {
    /// With default settings, but for argon2 that costs nothing.
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With settings of the test's own.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        let database = Database::create().await;
        let pool_size = variable("TEST_POOL_SIZE").map_or(5, |size| size.parse().unwrap());
        database.migrate().await;
        let db = Pool::new(database.options(), pool_size);
        Self::over(database, db, settings)
    }

    /// Over a database that the test made.
    pub fn over(database: Database, db: Pool, settings: &[(&str, &str)]) -> Self {
        Self::process(Arc::new(database), db, Clock::fixed(START), SECRET, settings)
    }

    /// Another process over the same database, at the same time, with a secret and settings of its own.
    #[must_use]
    pub fn beside(&self, secret: &str, settings: &[(&str, &str)]) -> Self {
        let database = Arc::clone(&self.database);
        Self::process(database, self.db.clone(), self.clock.clone(), secret, settings)
    }

    /// Another process over the same database, with one connection of its own: as an environment of a
    /// Lambda function has it.
    #[must_use]
    pub fn environment(&self, settings: &[(&str, &str)]) -> Self {
        let database = Arc::clone(&self.database);
        let db = Pool::new(database.options(), 1);
        Self::process(database, db, self.clock.clone(), SECRET, settings)
    }

    fn process(
        database: Arc<Database>,
        db: Pool,
        clock: Clock,
        secret: &str,
        settings: &[(&str, &str)],
    ) -> Self {
        let setting = |name: &str| {
            let set = settings.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
            set.or((name == "PUBLIC_URL").then_some(BASE)).map(str::to_owned)
        };
        let mut config = Config::from_vars(setting).unwrap();
        if config.passwords.new_hash != NewHash::BetterAuth {
            config.passwords.new_hash = NewHash::LEAST;
        }
        let keys = Keyring::parse(secret).unwrap();
        let source = Source::given(config, db.clone(), keys, clock.clone(), Doorbell::none());
        Self { db, clock, router: routes::all(&source), database }
    }

    /// Where its database is.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// A GET of a path with its query.
    pub fn get(&self, path: &str) -> TestRequest {
        self.request(Method::GET, path)
    }

    /// A POST without a body so far.
    pub fn post(&self, path: &str) -> TestRequest {
        self.request(Method::POST, path)
    }

    /// A POST of JSON by who is signed in, from a page of the service's own.
    pub fn act(&self, path: &str, cookies: &str, body: &Value) -> TestRequest {
        self.post(path).json(body).cookie(cookies).origin(BASE)
    }

    /// A request of any method.
    pub fn request(&self, method: Method, path: &str) -> TestRequest {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().unwrap();
        TestRequest { router: self.router.clone(), request }
    }

    /// Signs somebody up with the password `correct horse`; gives the answer.
    pub async fn sign_up(&self, email: &str) -> Reply {
        let body = json!({ "name": "Ada", "email": email, "password": "correct horse" });
        let reply = self.post("/api/auth/sign-up/email").json(&body).send().await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply
    }

    /// Tries to sign in from an address.
    pub async fn sign_in_from(&self, address: &str, email: &str, password: &str) -> Reply {
        let body = json!({ "email": email, "password": password });
        self.post("/api/auth/sign-in/email").json(&body).from(address).send().await
    }

    /// Tries to sign in.
    pub async fn sign_in(&self, email: &str, password: &str) -> Reply {
        let body = json!({ "email": email, "password": password });
        self.post("/api/auth/sign-in/email").json(&body).send().await
    }

    /// What `GET /get-session` says to the holder of these cookies.
    pub async fn session(&self, cookies: &str) -> Reply {
        self.get("/api/auth/get-session").cookie(cookies).send().await
    }

    /// The one number that a statement gives.
    pub async fn count(&self, statement: &'static str) -> i64 {
        sqlx::query_scalar(statement).fetch_one(&self.db).await.unwrap()
    }

    /// The one text that a statement gives.
    pub async fn text(&self, statement: &'static str) -> String {
        sqlx::query_scalar(statement).fetch_one(&self.db).await.unwrap()
    }

    /// Every row that a request could change, but for what limits count: to see that nothing has happened.
    pub async fn rows(&self) -> String {
        self.text(
            r#"select concat_ws(E'\n',
                 (select jsonb_agg(to_jsonb(t) order by id) from "user" t),
                 (select jsonb_agg(to_jsonb(t) order by id) from session t),
                 (select jsonb_agg(to_jsonb(t) order by id) from account t),
                 (select jsonb_agg(to_jsonb(t) order by id) from verification t),
                 (select jsonb_agg(to_jsonb(t) order by id) from latchkey_outbox t))"#,
        )
        .await
    }

    /// Runs a statement behind the service's back.
    pub async fn sql(&self, statement: &'static str) {
        sqlx::raw_sql(statement).execute(&self.db).await.unwrap();
    }
}

/// A request that is being made up.
#[must_use]
pub struct TestRequest {
    router: Router,
    request: Request<Body>,
}

impl TestRequest {
    /// Adds a header; one more where there is one of the name.
    pub fn header(mut self, name: impl TryInto<HeaderName>, value: &str) -> Self {
        let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
        let name = name.try_into().ok().expect("a test names headers that can be");
        self.request.headers_mut().append(name, value);
        self
    }

    /// With a body of JSON.
    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// With any body.
    pub fn body(mut self, content_type: &str, body: impl Into<Body>) -> Self {
        *self.request.body_mut() = body.into();
        self.header(CONTENT_TYPE, content_type)
    }

    /// At the other end of the transport: the client, or a proxy.
    pub fn from(mut self, address: &str) -> Self {
        self.request.extensions_mut().insert(ClientIp(address.parse().unwrap()));
        self
    }

    /// With a `Cookie` header.
    pub fn cookie(self, cookies: &str) -> Self {
        self.header(COOKIE, cookies)
    }

    /// As from a page of this origin.
    pub fn origin(self, origin: &str) -> Self {
        self.header(ORIGIN, origin)
    }

    /// With `Authorization: Bearer`.
    pub fn bearer(self, token: &str) -> Self {
        self.header(AUTHORIZATION, &format!("Bearer {token}"))
    }

    /// The answer, held against the API's description.
    pub async fn send(self) -> Reply {
        let (method, uri) = (self.request.method().clone(), self.request.uri().clone());
        let reply = Reply::read(self.router.oneshot(self.request).await.unwrap()).await;
        described::check(&method, uri.path(), &reply);
        reply
    }

    /// The answer, and how long the service took over it.
    pub async fn send_timed(self) -> (Reply, Duration) {
        let started = Instant::now();
        let response = self.router.oneshot(self.request).await.unwrap();
        let took = started.elapsed();
        (Reply::read(response).await, took)
    }
}
