//! A database per test, in the server of `TEST_DATABASE_URL`, which the service reaches by the pooler of
//! `TEST_POOLER_URL` where there is one. `DATABASE_URL` is never looked at: people point it at live data.

use shared::config::{DatabaseTls, database_options};
use shared::db::Pool;
use shared::secret::Secret;
use shared::{MIGRATOR, token};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor};

/// A database that goes with the test, unless the test fails: then it stays to be looked at.
pub struct Database {
    server: PgConnectOptions,
    pooler: Option<PgConnectOptions>,
    name: String,
}

impl Database {
    /// An empty one.
    pub async fn create() -> Self {
        let url = variable("TEST_DATABASE_URL").expect(
            "TEST_DATABASE_URL names no server: run `make test`, or `tests/with-postgres cargo test --workspace`",
        );
        let read = |name, url| {
            database_options(name, &Secret::new(url), &DatabaseTls::default()).expect("it is a URL")
        };
        let pooler = variable("TEST_POOLER_URL").map(|url| read("TEST_POOLER_URL", url));
        let server = read("TEST_DATABASE_URL", url);
        let mut database = Self::create_at(server).await;
        database.pooler = pooler;
        database
    }

    /// In a server of the test's own, which has to run when it is dropped.
    pub async fn create_at(server: PgConnectOptions) -> Self {
        let name = format!("latchkey_test_{}", token::random().to_lowercase());
        run(&server, format!("create database {name}")).await;
        Self { server, pooler: None, name }
    }

    /// Brings its schema up to date, past any pooler. With `TEST_SCHEMA=orm` the tables are as Drizzle and
    /// Prisma make them: other types of texts, and instants without a zone.
    pub async fn migrate(&self) {
        let mut connection = self.direct_options().connect().await.unwrap();
        if variable("TEST_SCHEMA").as_deref() == Some("orm") {
            let tables = MIGRATOR.iter().next().unwrap().sql.to_string();
            let others = tables.replace("timestamptz", "timestamp(3)").replace(" text", " varchar");
            assert!(tables != others);
            sqlx::raw_sql(&others).execute(&mut connection).await.unwrap();
        }
        MIGRATOR.run(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    /// How the service reaches it.
    pub fn options(&self) -> PgConnectOptions {
        self.pooler.as_ref().unwrap_or(&self.server).clone().database(&self.name)
    }

    /// Past any pooler: for migrations, and for what a test does to the session of its connection.
    pub fn direct_options(&self) -> PgConnectOptions {
        self.server.clone().database(&self.name)
    }
}

/// Brings the schema up to date.
pub async fn migrate(pool: &Pool) {
    let mut lease = pool.acquire().await.unwrap();
    MIGRATOR.run(&mut *lease).await.unwrap();
    lease.give_back();
}

impl Drop for Database {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        // A runtime of its own: the test's is about to end.
        let drop_it = || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime
                .block_on(run(&self.server, format!("drop database {} with (force)", self.name)));
        };
        std::thread::scope(|scope| {
            scope.spawn(drop_it);
        });
    }
}

async fn run(server: &PgConnectOptions, statement: String) {
    let mut connection = server.connect().await.expect("the server of TEST_DATABASE_URL runs");
    connection.execute(statement.as_str()).await.unwrap();
}

/// A variable of the environment.
#[expect(clippy::disallowed_methods, reason = "the one place of the tests that reads it")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
