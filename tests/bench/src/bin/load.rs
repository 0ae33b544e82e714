//! A load generator: so many connections that are kept, each sending its next request when it has the answer.
//!
//! `load ADDRESS REQUESTS CONNECTIONS SECONDS [once]` reads requests from a JSON file, `[{ method, path, headers,
//! body?, expect? }]`, sends them in turn, each once or over and over, and prints what came of it as JSON. An answer is
//! an error unless its status is 200 and its body has the text that is expected.
//!
//! One thread, no HTTP library: it has to cost less than what it measures. Its own CPU time is in what it prints.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::rc::Rc;
use std::time::{Duration, Instant};

use bench::cpu;
use bench::latencies::Latencies;
use serde::Deserialize;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

type Failure = Box<dyn std::error::Error>;

/// More connections than this are opened in portions: a listener's queue is not endless.
const AT_ONCE: usize = 64;

#[derive(Deserialize)]
struct Request {
    method: String,
    path: String,
    headers: BTreeMap<String, String>,
    body: Option<String>,
    #[serde(default)]
    expect: String,
}

/// A request as it is sent, and what its answer has to hold.
struct Sent {
    bytes: Vec<u8>,
    expect: Vec<u8>,
}

impl Sent {
    fn of(request: Request, host: &str) -> Self {
        let Request { method, path, headers, body, expect } = request;
        let mut text = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\n");
        for (name, value) in headers {
            let _ = write!(text, "{name}: {value}\r\n");
        }
        if let Some(body) = &body {
            let _ = write!(text, "content-length: {}\r\n", body.len());
        }
        text.push_str("\r\n");
        text.push_str(body.as_deref().unwrap_or_default());
        Self { bytes: text.into_bytes(), expect: expect.into_bytes() }
    }
}

/// What all connections share.
struct Run {
    requests: Vec<Sent>,
    is_once: bool,
    next: Cell<usize>,
    stop_at: Cell<Instant>,
    latencies: RefCell<Latencies>,
    errors: Cell<u64>,
    first_error: RefCell<Option<String>>,
}

impl Run {
    /// The next request, until there is none or time is up.
    fn next(&self) -> Option<&Sent> {
        if Instant::now() >= self.stop_at.get() {
            return None;
        }
        let n = self.next.get();
        self.next.set(n + 1);
        if self.is_once { self.requests.get(n) } else { self.requests.get(n % self.requests.len()) }
    }

    fn error(&self, what: impl FnOnce() -> String) {
        self.errors.set(self.errors.get() + 1);
        self.first_error.borrow_mut().get_or_insert_with(what);
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (address, file, connections, seconds, is_once) = match args.as_slice() {
        [address, file, connections, seconds] => (address, file, connections, seconds, false),
        [address, file, connections, seconds, once] if once == "once" => {
            (address, file, connections, seconds, true)
        }
        _ => return Err("load ADDRESS REQUESTS CONNECTIONS SECONDS [once]".into()),
    };
    let requests: Vec<Request> = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    if requests.is_empty() {
        return Err("there are no requests".into());
    }
    let run = Rc::new(Run {
        requests: requests.into_iter().map(|request| Sent::of(request, address)).collect(),
        is_once,
        next: Cell::new(0),
        stop_at: Cell::new(Instant::now()),
        latencies: RefCell::default(),
        errors: Cell::new(0),
        first_error: RefCell::default(),
    });

    let mut streams = Vec::new();
    for n in 0..connections.parse()? {
        if n % AT_ONCE == AT_ONCE - 1 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        streams.push(stream);
    }

    let started = Instant::now();
    run.stop_at.set(started + Duration::from_secs_f64(seconds.parse()?));
    let local = LocalSet::new();
    for stream in streams {
        local.spawn_local(drive(Rc::clone(&run), stream));
    }
    local.await;
    let took = started.elapsed();

    let latencies = run.latencies.take().summary();
    let report = json!({
        "seconds": took.as_secs_f64(),
        "cpuSeconds": cpu::used().as_secs_f64(),
        "errors": run.errors.get(),
        "firstError": *run.first_error.borrow(),
        "microseconds": latencies,
    });
    println!("{report}");
    Ok(())
}

async fn drive(run: Rc<Run>, mut stream: TcpStream) {
    let mut buffer = Vec::with_capacity(16 * 1024);
    while let Some(request) = run.next() {
        let started = Instant::now();
        if let Err(error) = exchange(&mut stream, &request.bytes, &mut buffer).await {
            // A connection that is lost stays lost: the next would be another one.
            run.error(|| error.to_string());
            return;
        }
        run.latencies.borrow_mut().add(started.elapsed());
        if !is_expected(&buffer, &request.expect) {
            run.error(|| String::from_utf8_lossy(&buffer).into_owned());
        }
    }
}

fn is_expected(answer: &[u8], expect: &[u8]) -> bool {
    answer.starts_with(b"HTTP/1.1 200 ") && (expect.is_empty() || find(answer, expect).is_some())
}

/// Sends a request, and reads its answer into `buffer`.
async fn exchange(
    stream: &mut TcpStream,
    request: &[u8],
    buffer: &mut Vec<u8>,
) -> std::io::Result<()> {
    stream.write_all(request).await?;
    buffer.clear();
    let mut end = None;
    loop {
        if stream.read_buf(buffer).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        end = end.or_else(|| End::of(buffer));
        match end {
            Some(End::At(length)) if buffer.len() >= length => return Ok(()),
            Some(End::Chunked) if buffer.ends_with(b"\r\n0\r\n\r\n") => return Ok(()),
            _ => {}
        }
    }
}

/// Where an answer ends.
#[derive(Clone, Copy)]
enum End {
    At(usize),
    Chunked,
}

impl End {
    /// `None`: the head is not complete yet.
    fn of(buffer: &[u8]) -> Option<Self> {
        let head = find(buffer, b"\r\n\r\n")?;
        let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
        let header = |name: &str| {
            text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':').map(str::trim))
        };
        if header("transfer-encoding") == Some("chunked") {
            return Some(Self::Chunked);
        }
        let length = header("content-length").and_then(|length| length.parse().ok());
        Some(Self::At(head + 4 + length.unwrap_or(0)))
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}
