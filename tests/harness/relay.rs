//! A relay before Postgres that keeps what clients send: the messages of the protocol's version 3
//! (PostgreSQL's manual, section "Message Formats").

use std::sync::{Arc, Mutex};

use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const SSL_REQUEST: u32 = 80_877_103;
const VERSION_3: u32 = 3 << 16;

type Sent = Arc<Mutex<Vec<u8>>>;

/// Runs as long as the test does.
pub struct Relay {
    options: PgConnectOptions,
    connections: Arc<Mutex<Vec<Sent>>>,
}

impl Relay {
    /// Listens on a free port, before this server.
    pub async fn start(server: PgConnectOptions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let options = server.clone().host("127.0.0.1").port(listener.local_addr().unwrap().port());
        let connections = Arc::new(Mutex::new(Vec::new()));
        let known = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let sent = Sent::default();
                known.lock().unwrap().push(Arc::clone(&sent));
                let address = (server.get_host().to_owned(), server.get_port());
                tokio::spawn(async move {
                    let server = TcpStream::connect(address).await.unwrap();
                    let (mut answers, mut to_server) = server.into_split();
                    let (mut from_client, mut to_client) = client.into_split();
                    tokio::spawn(
                        async move { tokio::io::copy(&mut answers, &mut to_client).await },
                    );
                    let mut bytes = [0; 4096];
                    while let Ok(length @ 1..) = from_client.read(&mut bytes).await {
                        sent.lock().unwrap().extend_from_slice(&bytes[..length]);
                        if to_server.write_all(&bytes[..length]).await.is_err() {
                            break;
                        }
                    }
                });
            }
        });
        Self { options, connections }
    }

    /// The server's options, but for the way.
    pub fn options(&self) -> PgConnectOptions {
        self.options.clone()
    }

    /// What each connection said at its start, name and value.
    pub fn parameters(&self) -> Vec<Vec<(String, String)>> {
        let connections = self.connections.lock().unwrap();
        connections.iter().map(|sent| start(&sent.lock().unwrap()).0).collect()
    }

    /// Every statement so far, those to be prepared and those that run as they are.
    pub fn statements(&self) -> Vec<String> {
        let connections = self.connections.lock().unwrap();
        connections.iter().flat_map(|sent| statements(&sent.lock().unwrap())).collect()
    }
}

/// The start-up message's parameters, and where it ends.
fn start(sent: &[u8]) -> (Vec<(String, String)>, usize) {
    let mut at = 0;
    if number(sent, 4) == SSL_REQUEST {
        at = 8;
    }
    let end = at + number(sent, at) as usize;
    assert_eq!(number(sent, at + 4), VERSION_3);
    let texts: Vec<_> = sent[at + 8..end].split(|byte| *byte == 0).map(text).collect();
    let pairs = texts.chunks_exact(2).filter(|pair| !pair[0].is_empty());
    (pairs.map(|pair| (pair[0].clone(), pair[1].clone())).collect(), end)
}

fn statements(sent: &[u8]) -> Vec<String> {
    let (mut found, mut at) = (Vec::new(), start(sent).1);
    while at + 5 <= sent.len() {
        let end = at + 1 + number(sent, at + 1) as usize;
        let Some(message) = sent.get(at + 5..end) else { break };
        let mut texts = message.split(|byte| *byte == 0).map(text);
        match sent[at] {
            b'Q' => found.extend(texts.next()),
            b'P' => found.extend(texts.nth(1)),
            _ => {}
        }
        at = end;
    }
    found
}

fn number(sent: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(sent[at..at + 4].try_into().unwrap())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
