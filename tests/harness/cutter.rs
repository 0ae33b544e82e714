//! A proxy before Postgres that hangs up: at a statement that was named before, or again and again at random.
//!
//! Messages are those of the protocol's version 3 (PostgreSQL's manual, section "Message Formats").

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::dice::Dice;

const SSL_REQUEST: u32 = 80_877_103;
/// `ReadyForQuery` without its last byte, the state of the transaction: what an answer ends with.
const READY: [u8; 5] = [b'Z', 0, 0, 0, 5];

/// What becomes of the statement at which the line is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The server never hears of it.
    Unsent,
    /// The server runs it to its end, and the answer is lost.
    Unanswered,
}

#[derive(Debug)]
enum Plan {
    Pass,
    /// Cuts at this trip to the server, counted from now on.
    At {
        trips: usize,
        cut: Cut,
    },
    /// Cuts a connection at a random byte: on average after so many, of either side.
    AtRandom {
        dice: Dice,
        mean: u64,
    },
}

/// Runs as long as the test does.
pub struct Cutter {
    options: PgConnectOptions,
    line: Arc<Line>,
}

/// What all connections share.
#[derive(Debug)]
struct Line {
    plan: Mutex<Plan>,
    trips: AtomicUsize,
}

impl Cutter {
    /// Listens on a free port, before this server; cuts nothing so far.
    pub async fn start(server: PgConnectOptions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let options = server.clone().host("127.0.0.1").port(listener.local_addr().unwrap().port());
        let line = Arc::new(Line { plan: Mutex::new(Plan::Pass), trips: AtomicUsize::new(0) });
        let shared = Arc::clone(&line);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let address = (server.get_host().to_owned(), server.get_port());
                tokio::spawn(pass(client, address, Arc::clone(&shared)));
            }
        });
        Self { options, line }
    }

    /// The server's options, but for the way.
    pub fn options(&self) -> PgConnectOptions {
        self.options.clone()
    }

    /// Cuts once, at the n-th trip to the server from now on: each ends with a `Sync` or is a simple query. To
    /// prepare a statement is a trip of its own.
    pub fn cut_at(&self, trips: usize, cut: Cut) {
        *self.line.plan.lock().unwrap() = Plan::At { trips, cut };
    }

    /// How many trips there were so far.
    pub fn trips(&self) -> usize {
        self.line.trips.load(Ordering::Relaxed)
    }

    /// Cuts every connection from now on at a random byte: on average after `mean` of them.
    pub fn cut_at_random(&self, seed: u64, mean: u64) {
        *self.line.plan.lock().unwrap() = Plan::AtRandom { dice: Dice::new(seed), mean };
    }

    /// Cuts no more. Whether all that was asked for was cut.
    pub fn heal(&self) -> bool {
        let plan = std::mem::replace(&mut *self.line.plan.lock().unwrap(), Plan::Pass);
        matches!(plan, Plan::Pass)
    }
}

async fn pass(client: TcpStream, server: (String, u16), line: Arc<Line>) {
    let Ok(server) = TcpStream::connect(server).await else { return };
    // What is written at once arrives at once: the tests measure time.
    client.set_nodelay(true).unwrap();
    server.set_nodelay(true).unwrap();
    let (from_server, to_server) = server.into_split();
    let (from_client, to_client) = client.into_split();
    // Told when the answer to come is to be swallowed.
    let swallowing = Arc::new(Notify::new());
    let answers = pass_answers(from_server, to_client, Arc::clone(&line), Arc::clone(&swallowing));
    let answers = tokio::spawn(answers);
    let held = pass_requests(from_client, to_server, &line, &swallowing).await;
    if held.is_none() {
        answers.abort();
    }
    // Both ends of the line go with the task.
    let _ = answers.await;
}

/// Gives the line to the server where an answer is still to be swallowed.
async fn pass_requests(
    mut client: OwnedReadHalf,
    mut server: OwnedWriteHalf,
    line: &Line,
    swallowing: &Notify,
) -> Option<OwnedWriteHalf> {
    let (mut sent, mut is_started, mut bytes) = (Vec::new(), false, [0; 4096]);
    while let Ok(length @ 1..) = client.read(&mut bytes).await {
        if let Some(cut) = cut_at_random(line, length) {
            let _ = server.write_all(&bytes[..cut]).await;
            return None;
        }
        sent.extend_from_slice(&bytes[..length]);
        // Message by message, so that the one before which the line is cut has not left.
        let mut at = 0;
        while let Some(message) = next_message(&sent[at..], is_started) {
            let is_trip = is_started && matches!(message[0], b'S' | b'Q');
            is_started |= is_start(message);
            match is_trip.then(|| trip(line)).flatten() {
                Some(Cut::Unsent) => return None,
                Some(Cut::Unanswered) => {
                    swallowing.notify_one();
                    return server.write_all(message).await.is_ok().then_some(server);
                }
                None => {}
            }
            server.write_all(message).await.ok()?;
            at += message.len();
        }
        sent.drain(..at);
    }
    None
}

async fn pass_answers(
    mut server: OwnedReadHalf,
    mut client: OwnedWriteHalf,
    line: Arc<Line>,
    swallowing: Arc<Notify>,
) {
    let mut bytes = [0; 4096];
    loop {
        tokio::select! {
            biased;
            () = swallowing.notified() => break,
            read = server.read(&mut bytes) => {
                let Ok(length @ 1..) = read else { return };
                let cut = cut_at_random(&line, length);
                if client.write_all(&bytes[..cut.unwrap_or(length)]).await.is_err() || cut.is_some() {
                    return;
                }
            }
        }
    }
    let mut answer = Vec::new();
    while let Ok(length @ 1..) = server.read(&mut bytes).await {
        answer.extend_from_slice(&bytes[..length]);
        if answer.len() > READY.len() && answer[..answer.len() - 1].ends_with(&READY) {
            return;
        }
    }
}

/// What to do at this trip.
fn trip(line: &Line) -> Option<Cut> {
    line.trips.fetch_add(1, Ordering::Relaxed);
    let mut plan = line.plan.lock().unwrap();
    let Plan::At { trips, cut } = &mut *plan else { return None };
    *trips -= 1;
    let cut = (*trips == 0).then_some(*cut)?;
    *plan = Plan::Pass;
    Some(cut)
}

/// After how many of these bytes the line is cut.
fn cut_at_random(line: &Line, length: usize) -> Option<usize> {
    let mut plan = line.plan.lock().unwrap();
    let Plan::AtRandom { dice, mean } = &mut *plan else { return None };
    let cut = usize::try_from(dice.below(*mean)).unwrap();
    (cut < length).then_some(cut)
}

/// The first whole message.
fn next_message(sent: &[u8], is_started: bool) -> Option<&[u8]> {
    let length_at = usize::from(is_started);
    let length = number(sent.get(length_at..length_at + 4)?) as usize;
    sent.get(..length_at + length)
}

/// Whether every message behind this one has a type.
fn is_start(untyped: &[u8]) -> bool {
    untyped.get(4..8).is_some_and(|code| number(code) != SSL_REQUEST)
}

fn number(bytes: &[u8]) -> u32 {
    u32::from_be_bytes(bytes.try_into().unwrap())
}
