//! The schema, on an empty database and on others. That the real Better Auth starts on it afterwards
//! is shown by `tests/conformance`.

use shared::db::Pool;
use tests::app::TestApp;
use tests::database::{Database, migrate};

/// What Better Auth 1.7.25's own migration makes with default options (contract/schema.md), and a
/// column and a table that an application added.
const BETTER_AUTHS: &str = r#"
    create table "user" ("id" text not null primary key, "name" text not null, "email" text not null unique,
      "emailVerified" boolean not null, "image" text, "createdAt" timestamptz default CURRENT_TIMESTAMP not null,
      "updatedAt" timestamptz default CURRENT_TIMESTAMP not null, "plan" text default 'free' not null);
    create table "session" ("id" text not null primary key, "expiresAt" timestamptz not null,
      "token" text not null unique, "createdAt" timestamptz default CURRENT_TIMESTAMP not null,
      "updatedAt" timestamptz not null, "ipAddress" text, "userAgent" text,
      "userId" text not null references "user" ("id") on delete cascade);
    create table "account" ("id" text not null primary key, "accountId" text not null, "providerId" text not null,
      "userId" text not null references "user" ("id") on delete cascade, "accessToken" text, "refreshToken" text,
      "idToken" text, "accessTokenExpiresAt" timestamptz, "refreshTokenExpiresAt" timestamptz, "scope" text,
      "password" text, "createdAt" timestamptz default CURRENT_TIMESTAMP not null, "updatedAt" timestamptz not null);
    create table "verification" ("id" text not null primary key, "identifier" text not null, "value" text not null,
      "expiresAt" timestamptz not null, "createdAt" timestamptz default CURRENT_TIMESTAMP not null,
      "updatedAt" timestamptz default CURRENT_TIMESTAMP not null);
    create index "session_userId_idx" on "session" ("userId");
    create index "account_userId_idx" on "account" ("userId");
    create index "verification_identifier_idx" on "verification" ("identifier");
    create table app_users (user_id text references "user" (id) on delete cascade);
    insert into "user" (id, name, email, "emailVerified", plan)
    values ('u1', 'Ada', 'ada@example.com', true, 'gold');
    insert into account (id, "accountId", "providerId", "userId", password, "updatedAt")
    values ('a1', 'u1', 'credential', 'u1', '99f6f090a2cdf314730daa40d7202fac:7866c6369790cdeb314a85ef8d78b3746981b7195c38f512b120edb978962a0f27a78d19b78b472909a1e936d12069806410a473bec8903de0844d6b33d3a7f9', now());
    insert into session (id, token, "expiresAt", "updatedAt", "userId")
    values ('s1', 'QcOMdvt9ykJrMuw8E5gQWyc5PV7Mk1x5', '2026-11-29 12:00Z', now(), 'u1');
    insert into app_users values ('u1');
"#;

/// Tables, columns, types, defaults, constraints and indexes of the four tables, as one text.
const SHAPE: &str = r#"
    select string_agg(line, e'\n' order by line) from (
      select format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default) as line
        from information_schema.columns where table_schema = 'public' and table_name = any($1)
      union all
      select format('%s %s', conname, pg_get_constraintdef(oid)) from pg_constraint
       where conrelid::regclass::text = any($1) or conrelid::regclass::text = '"user"'
      union all
      select indexdef from pg_indexes where tablename = any($1) and indexname not like '%expiresAt%'
    ) lines"#;

async fn shape(pool: &Pool) -> String {
    let tables = ["user", "session", "account", "verification"].map(str::to_owned);
    sqlx::query_scalar(SHAPE).bind(&tables[..]).fetch_one(pool).await.unwrap()
}

#[tokio::test]
async fn a_database_of_better_auths_is_taken_as_it_is() {
    let database = Database::create().await;
    let pool = Pool::new(database.options(), 2);
    sqlx::raw_sql(BETTER_AUTHS).execute(&pool).await.unwrap();
    let before = shape(&pool).await;

    database.migrate().await;
    database.migrate().await;

    assert_eq!(shape(&pool).await, before);
    let app = TestApp::over(database, pool, &[]);
    assert_eq!(app.count(r#"select count(*) from "user" where plan = 'gold'"#).await, 1);
    assert_eq!(app.count("select count(*) from app_users").await, 1);
    // The cookie is from contract/transcripts/20-crypto-vectors.json.
    let cookie = "better-auth.session_token=QcOMdvt9ykJrMuw8E5gQWyc5PV7Mk1x5.QvFXQ46z8cpkr1ME%2BPUpXtkxsiDGMo%2ByCPN7A6y5Bpw%3D";
    assert_eq!(app.session(cookie).await.json()["user"]["name"], "Ada");
    assert_eq!(app.sign_in("ada@example.com", "password1234").await.status, 200);
    app.sign_up("bob@example.com").await;
}

#[tokio::test]
async fn an_empty_database_becomes_what_better_auth_would_make() {
    let (theirs, ours) = (Database::create().await, Database::create().await);
    let (their_pool, our_pool) = (Pool::new(theirs.options(), 1), Pool::new(ours.options(), 1));
    sqlx::raw_sql(
        &BETTER_AUTHS
            .replace(r#", "plan" text default 'free' not null"#, "")
            .replace(", plan)", ")")
            .replace(", 'gold')", ")"),
    )
    .execute(&their_pool)
    .await
    .unwrap();

    migrate(&our_pool).await;

    assert_eq!(shape(&our_pool).await, shape(&their_pool).await);
    for index in ["session_expiresAt_idx", "verification_expiresAt_idx"] {
        let found: i64 = sqlx::query_scalar("select count(*) from pg_indexes where indexname = $1")
            .bind(index)
            .fetch_one(&our_pool)
            .await
            .unwrap();
        assert_eq!(found, 1, "{index}");
    }
    their_pool.close().await;
    our_pool.close().await;
}

#[tokio::test]
async fn two_that_migrate_at_once_do_no_harm() {
    let database = Database::create().await;
    let pools = [(); 2].map(|()| Pool::new(database.direct_options(), 1));

    tokio::join!(migrate(&pools[0]), migrate(&pools[1]));

    for pool in pools {
        pool.close().await;
    }
}

#[tokio::test]
async fn old_code_runs_on_a_newer_schema() {
    let database = Database::create().await;
    let pool = Pool::new(database.options(), 1);
    migrate(&pool).await;
    sqlx::query(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (99991231235959, 'of a later version', true, '\\x00', 0)",
    )
    .execute(&pool)
    .await
    .unwrap();

    migrate(&pool).await;

    pool.close().await;
}
