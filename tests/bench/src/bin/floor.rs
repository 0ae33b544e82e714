//! The floors under the figures: what can't be saved. Each prints JSON.
//!
//! `floor statement URL TOKENS SECONDS`: get-session's own statement on one connection, without HTTP, for the tokens
//! of a file (JSON) in turn. `floor select …`: a plain join of both tables in its place.
//! `floor hash MEMORY_KIB ITERATIONS TIMES [reused]`: the argon2 crate alone, with memory of its own each time or not.
//! `floor password PRESET TIMES`: what a sign-in does with a password, and nothing else of it.
//! `floor clean-up URL`: what the function `cleanup` does.

use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use bench::cpu;
use bench::latencies::Latencies;
use bench::memory;
use serde_json::{Value, json};
use shared::additional::Declared;
use shared::clock::Clock;
use shared::db::session::{Cutoff, Found, Lookup, find_live};
use shared::db::{Pool, connect_once};
use shared::password::{NewHash, Passwords};
use shared::rate_limit::Counters;
use sqlx::PgConnection;
use sqlx::postgres::PgConnectOptions;

type Failure = Box<dyn std::error::Error>;

const PASSWORD: &str = "correct horse battery";

const USAGE: &str = "floor statement|select URL TOKENS SECONDS
floor hash MEMORY_KIB ITERATIONS TIMES [reused]
floor password PRESET TIMES
floor clean-up URL";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    let report = match args.as_slice() {
        [what @ ("statement" | "select"), url, tokens, seconds] => {
            let tokens: Vec<String> = serde_json::from_str(&std::fs::read_to_string(tokens)?)?;
            let seconds = Duration::from_secs_f64(seconds.parse()?);
            let mut connection = connect_once(&url.parse()?).await?;
            statements(&mut connection, *what == "statement", &tokens, seconds).await?
        }
        ["hash", memory, iterations, times, rest @ ..] => {
            let params = Params::new(memory.parse()?, iterations.parse()?, 1, None)?;
            hashes(&params, times.parse()?, rest == ["reused"])?
        }
        ["password", preset, times] => {
            let new_hash = match *preset {
                "asvs" => NewHash::ASVS,
                "owasp" => NewHash::OWASP,
                "scrypt" => NewHash::BetterAuth,
                _ => return Err("a preset is asvs, owasp or scrypt".into()),
            };
            passwords(new_hash, times.parse()?).await?
        }
        ["clean-up", url] => clean_up(url.parse()?).await?,
        _ => return Err(USAGE.into()),
    };
    println!("{report}");
    Ok(())
}

async fn statements(
    connection: &mut PgConnection,
    is_ours: bool,
    tokens: &[String],
    seconds: Duration,
) -> Result<Value, Failure> {
    // The first few prepare the statement, and let Postgres settle on a plan.
    for token in tokens.iter().cycle().take(200) {
        statement(connection, is_ours, token).await?;
    }
    let mut latencies = Latencies::default();
    let (started, cpu_before) = (Instant::now(), cpu::used());
    for token in tokens.iter().cycle() {
        let sent = Instant::now();
        statement(connection, is_ours, token).await?;
        latencies.add(sent.elapsed());
        if started.elapsed() >= seconds {
            break;
        }
    }
    Ok(json!({
        "seconds": started.elapsed().as_secs_f64(),
        "cpuSeconds": cpu::since(cpu_before).as_secs_f64(),
        "microseconds": latencies.summary(),
    }))
}

async fn statement(
    connection: &mut PgConnection,
    is_ours: bool,
    token: &str,
) -> Result<(), Failure> {
    let now = Clock::system().now();
    if !is_ours {
        let join = r#"select s.*, u.name, u.email, u."emailVerified", u.image, u."createdAt", u."updatedAt"
                        from session s join "user" u on u.id = s."userId"
                       where s.token = $1 and s."expiresAt" >= $2"#;
        sqlx::query(join).bind(token).bind(now).fetch_one(connection).await?;
        return Ok(());
    }
    // As get-session looks it up with the settings' defaults.
    let lookup = Lookup {
        cutoff: Cutoff::at(now),
        due_until: Some(now + Duration::from_hours(24 * 6)),
        extended_to: now + Duration::from_hours(24 * 7),
        deletes_expired: true,
        with_password: false,
        counters: Counters::default(),
    };
    match find_live(connection, token, &lookup, &Declared::default()).await? {
        Found::Live(_) => Ok(()),
        _ => Err("a token is nobody's".into()),
    }
}

fn hashes(params: &Params, times: u32, is_reused: bool) -> Result<Value, Failure> {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let (salt, mut key) = (b"0123456789abcdef", [0; 32]);
    let mut memory = vec![Block::default(); if is_reused { params.block_count() } else { 0 }];
    let mut latencies = Latencies::default();
    let cpu_before = cpu::used();
    for _ in 0..times {
        let started = Instant::now();
        if is_reused {
            argon2.hash_password_into_with_memory(
                PASSWORD.as_bytes(),
                salt,
                &mut key,
                &mut memory,
            )?;
        } else {
            argon2.hash_password_into(PASSWORD.as_bytes(), salt, &mut key)?;
        }
        latencies.add(started.elapsed());
    }
    Ok(json!({
        "cpuSeconds": cpu::since(cpu_before).as_secs_f64(),
        "memoryMb": memory::most_mb(),
        "microseconds": latencies.summary(),
        // So that two implementations can be seen to compute the same.
        "key": key,
    }))
}

async fn passwords(new_hash: NewHash, times: u32) -> Result<Value, Failure> {
    let passwords = Passwords::new(new_hash, new_hash.format(), 1);
    let stored = passwords.hash(PASSWORD).await?;
    let mut latencies = Latencies::default();
    let cpu_before = cpu::used();
    for _ in 0..times {
        let started = Instant::now();
        if !passwords.verify(Some(stored.clone()), PASSWORD).await? {
            return Err("a right password is refused".into());
        }
        latencies.add(started.elapsed());
    }
    Ok(json!({
        "cpuSeconds": cpu::since(cpu_before).as_secs_f64(),
        "memoryMb": memory::most_mb(),
        "microseconds": latencies.summary(),
    }))
}

async fn clean_up(options: PgConnectOptions) -> Result<Value, Failure> {
    let (db, started) = (Pool::new(options, 1), Instant::now());
    let (now, window) = (Clock::system().now(), Duration::from_hours(1).try_into()?);
    let report =
        functions::run_cleanup(&db, Cutoff::at(now), window, started + Duration::from_mins(10))
            .await?;
    Ok(json!({ "seconds": started.elapsed().as_secs_f64(), "deleted": report }))
}
