//! Connections between requests: which are used again, and that none that is lost holds its place.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use shared::db::{Pool, Target};
use shared::error::Cause;
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;
use tests::database::Database;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

async fn backend(pool: &Pool) -> sqlx::Result<i32> {
    sqlx::query_scalar("select pg_backend_pid()").fetch_one(pool).await
}

#[tokio::test]
async fn one_connection_serves_statement_after_statement() {
    let database = Database::create().await;
    let pool = Pool::new(database.direct_options(), 5);

    let first = backend(&pool).await.unwrap();
    let rows: Vec<i32> =
        sqlx::query_scalar("select generate_series(1, 1000)").fetch_all(&pool).await.unwrap();
    let optional: Option<i32> =
        sqlx::query_scalar("select generate_series(1, 1000)").fetch_optional(&pool).await.unwrap();
    let refused = sqlx::query("select 1 / 0").execute(&pool).await;

    assert_eq!((rows.len(), optional), (1000, Some(1)));
    assert!(refused.is_err());
    assert_eq!(backend(&pool).await.unwrap(), first);
    pool.close().await;
}

#[tokio::test]
async fn a_statement_that_is_given_up_takes_its_connection_along() {
    let database = Database::create().await;
    let pool = Pool::new(database.direct_options(), 1);
    let first = backend(&pool).await.unwrap();

    let sleep = sqlx::query("select pg_sleep(60)").execute(&pool);
    assert!(tokio::time::timeout(Duration::from_millis(50), sleep).await.is_err());

    assert_ne!(backend(&pool).await.unwrap(), first);
    pool.close().await;
}

#[tokio::test]
async fn a_connection_that_is_not_given_back_is_closed() {
    let database = Database::create().await;
    let pool = Pool::new(database.direct_options(), 1);

    let mut lease = pool.acquire().await.unwrap();
    sqlx::query("set search_path to nowhere").execute(&mut *lease).await.unwrap();
    drop(lease);

    let path: String = sqlx::query_scalar("show search_path").fetch_one(&pool).await.unwrap();
    assert_ne!(path, "nowhere");
    pool.close().await;
}

#[tokio::test]
async fn no_more_connections_than_allowed_and_no_endless_wait_for_one() {
    let database = Database::create().await;
    let pool =
        Pool::new(database.direct_options(), 2).with_acquire_timeout(Duration::from_millis(100));

    let both = [pool.acquire().await.unwrap(), pool.acquire().await.unwrap()];
    assert!(matches!(pool.acquire().await, Err(sqlx::Error::PoolTimedOut)));

    for lease in both {
        lease.give_back();
    }
    backend(&pool).await.unwrap();
    pool.close().await;
    assert!(matches!(backend(&pool).await, Err(sqlx::Error::PoolClosed)));
}

/// Leads to `upstream`; what is under way can be made to hang for ever.
struct Way {
    port: u16,
    lost: Arc<AtomicUsize>,
}

impl Way {
    async fn to(upstream: &PgConnectOptions) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let upstream = (upstream.get_host().to_owned(), upstream.get_port());
        let lost = Arc::new(AtomicUsize::new(0));
        tokio::spawn({
            let lost = Arc::clone(&lost);
            async move {
                loop {
                    let (client, _) = listener.accept().await.unwrap();
                    let server = TcpStream::connect(upstream.clone()).await.unwrap();
                    let is_lost = {
                        let (lost, born) = (Arc::clone(&lost), lost.load(Ordering::SeqCst));
                        move || lost.load(Ordering::SeqCst) > born
                    };
                    let (from_client, to_client) = client.into_split();
                    let (from_server, to_server) = server.into_split();
                    tokio::spawn(pump(from_client, to_server, is_lost.clone()));
                    tokio::spawn(pump(from_server, to_client, is_lost));
                }
            }
        });
        Self { port, lost }
    }

    /// Nothing passes any more on the connections that there are.
    fn lose_connections(&self) {
        self.lost.fetch_add(1, Ordering::SeqCst);
    }
}

async fn pump(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    is_lost: impl Fn() -> bool,
) {
    let mut bytes = [0; 4096];
    while let Ok(length @ 1..) = from.read(&mut bytes).await {
        if is_lost() {
            // Neither an end nor an answer.
            std::future::pending::<()>().await;
        }
        if to.write_all(&bytes[..length]).await.is_err() {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_lost_at_any_moment_costs_one_answer() {
    let database = Database::create().await;
    let way = Way::to(&database.direct_options()).await;
    let options = database.direct_options().host("127.0.0.1").port(way.port);
    let pool = Pool::new(options, 1).with_acquire_timeout(Duration::from_secs(1));
    let ask = || tokio::time::timeout(Duration::from_millis(300), backend(&pool));

    // On its way back to the pool, just in it, and a while later.
    for micros in [0, 20, 50, 100, 200, 400, 800, 1600, 3000, 10_000] {
        ask().await.unwrap().unwrap();
        tokio::time::sleep(Duration::from_micros(micros)).await;
        way.lose_connections();

        let hung = ask().await;
        let next = ask().await;

        assert!(hung.is_err(), "{micros}: nothing was lost");
        assert!(matches!(next, Ok(Ok(_))), "{micros}: {next:?}");
    }
    pool.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_idled_is_asked_before_it_is_used() {
    let database = Database::create().await;
    let way = Way::to(&database.direct_options()).await;
    let options = database.direct_options().host("127.0.0.1").port(way.port);
    let pool = Pool::new(options, 1);
    let first = backend(&pool).await.unwrap();

    tokio::time::sleep(Duration::from_millis(5100)).await;
    assert_eq!(backend(&pool).await.unwrap(), first, "it lives");
    tokio::time::sleep(Duration::from_millis(5100)).await;
    way.lose_connections();
    let asked = Instant::now();
    let second = backend(&pool).await.unwrap();

    assert_ne!(second, first);
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    pool.close().await;
}

/// Options that change, and others for when the server refuses.
#[derive(Debug)]
struct Moving {
    now: RwLock<Arc<PgConnectOptions>>,
    better: Option<Arc<PgConnectOptions>>,
    refusals: AtomicUsize,
}

impl Moving {
    fn new(now: PgConnectOptions, better: Option<PgConnectOptions>) -> Arc<Self> {
        let (now, better) = (RwLock::new(Arc::new(now)), better.map(Arc::new));
        Arc::new(Self { now, better, refusals: AtomicUsize::new(0) })
    }
}

#[derive(Debug)]
struct To(Arc<Moving>);

impl Target for To {
    fn options(&self) -> BoxFuture<'_, Result<Arc<PgConnectOptions>, Cause>> {
        let now = Arc::clone(&self.0.now.read().unwrap());
        async { Ok(now) }.boxed()
    }

    fn instead_of<'a>(
        &'a self,
        _: &'a Arc<PgConnectOptions>,
    ) -> BoxFuture<'a, Option<Arc<PgConnectOptions>>> {
        self.0.refusals.fetch_add(1, Ordering::SeqCst);
        async { self.0.better.clone() }.boxed()
    }
}

#[tokio::test]
async fn connections_follow_to_another_database() {
    let (one, other) = (Database::create().await, Database::create().await);
    let moving = Moving::new(one.options(), None);
    let pool = Pool::to(Box::new(To(Arc::clone(&moving))), 1);
    let name = async || -> String {
        sqlx::query_scalar("select current_database()").fetch_one(&pool).await.unwrap()
    };
    let first = name().await;

    *moving.now.write().unwrap() = Arc::new(other.options());

    assert_ne!(name().await, first);
    assert_eq!(Some(name().await.as_str()), other.options().get_database());
    pool.close().await;
}

#[tokio::test]
async fn who_is_refused_asks_once_for_better_options() {
    let database = Database::create().await;
    let stranger = database.direct_options().username("latchkey_nobody");

    let moving = Moving::new(stranger.clone(), Some(database.direct_options()));
    let pool = Pool::to(Box::new(To(Arc::clone(&moving))), 1);
    backend(&pool).await.unwrap();
    assert_eq!(moving.refusals.load(Ordering::SeqCst), 1);
    pool.close().await;

    for better in [None, Some(stranger.clone())] {
        let moving = Moving::new(stranger.clone(), better);
        let pool = Pool::to(Box::new(To(Arc::clone(&moving))), 1);
        let refused = backend(&pool).await.unwrap_err();

        assert!(refused.as_database_error().unwrap().code().unwrap().starts_with("28"));
        assert_eq!(moving.refusals.load(Ordering::SeqCst), 1);
        pool.close().await;
    }
}

#[tokio::test]
async fn a_wrong_password_is_a_refusal_behind_a_pooler_too() {
    let database = Database::create().await;
    let wrong = database.options().password("of-yesterday");
    let moving = Moving::new(wrong, Some(database.options()));
    let pool = Pool::to(Box::new(To(Arc::clone(&moving))), 1);

    backend(&pool).await.unwrap();

    assert_eq!(moving.refusals.load(Ordering::SeqCst), 1);
    pool.close().await;
}

#[tokio::test]
async fn a_statement_that_nobody_prepared_leads_to_the_poolers() {
    let database = Database::create().await;
    let pool = Pool::new(database.options(), 1);

    let unknown = sqlx::raw_sql("execute sqlx_s_1").execute(&pool).await.unwrap_err();

    let shared::Error::Internal(cause) = shared::Error::from(unknown) else { panic!() };
    assert!(cause.to_string().contains("docs/POOLERS.md"), "{cause}");
    pool.close().await;
}

#[tokio::test]
async fn a_server_that_was_demoted_is_left() {
    let database = Database::create().await;
    let options = database.direct_options();
    let pool = Pool::new(options.clone(), 1);
    let name = options.get_database().unwrap();
    sqlx::query("create table rows ()").execute(&pool).await.unwrap();
    sqlx::query(&format!("alter database {name} set default_transaction_read_only = on"))
        .execute(&pool)
        .await
        .unwrap();
    pool.acquire().await.unwrap().detach(); // what is made from now on is read-only
    let demoted = backend(&pool).await.unwrap();
    let mut elsewhere = options.connect().await.unwrap();
    for statement in [
        "set default_transaction_read_only = off".to_owned(),
        format!("alter database {name} reset default_transaction_read_only"),
    ] {
        sqlx::raw_sql(&statement).execute(&mut elsewhere).await.unwrap();
    }

    let refused = sqlx::query("insert into rows default values").execute(&pool).await;

    assert_eq!(refused.unwrap_err().as_database_error().unwrap().code().unwrap(), "25006");
    assert_ne!(backend(&pool).await.unwrap(), demoted);
    sqlx::query("insert into rows default values").execute(&pool).await.unwrap();
    pool.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_may_hang_up_a_statement_that_is_given_up_is_waited_for() {
    let database = Database::create().await;
    let pool = Pool::new(database.direct_options(), 1).draining_within(Duration::from_secs(10));
    let first = backend(&pool).await.unwrap();

    let sleep = sqlx::query("select pg_sleep(0.3)").execute(&pool);
    assert!(tokio::time::timeout(Duration::from_millis(50), sleep).await.is_err());

    assert_eq!(backend(&pool).await.unwrap(), first);
    pool.close().await;
}

#[tokio::test]
async fn no_debug_text_holds_the_password() {
    let database = Database::create().await;
    let pool = Pool::new(database.direct_options().password("hunter2"), 1);
    let lease = Pool::new(database.direct_options(), 1).acquire().await.unwrap();

    let text = format!("{pool:?} {lease:?}");

    assert!(!text.contains("hunter2") && !text.contains("PgConnectOptions"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_waits_for_what_is_under_way() {
    let database = Database::create().await;
    let pool = Pool::new(database.direct_options(), 2);
    let lease = pool.acquire().await.unwrap();
    let closing = tokio::spawn({
        let pool = pool.clone();
        async move { pool.close().await }
    });

    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!closing.is_finished());
    lease.give_back();

    closing.await.unwrap();
    assert!(matches!(backend(&pool).await, Err(sqlx::Error::PoolClosed)));
}
