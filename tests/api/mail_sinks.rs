//! Where mails arrive in tests: a mail server and an HTTP server, each as small as can be.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// How a mail server behaves.
#[derive(Clone)]
pub struct Manners {
    /// To `RCPT TO`.
    pub recipient: &'static str,
    /// Whether it answers once it has a mail; one that does not hangs.
    pub answers: bool,
    /// Whether it wants a password.
    pub wants_password: bool,
    /// Whether it offers STARTTLS.
    pub tls: Option<TlsAcceptor>,
}

impl Default for Manners {
    fn default() -> Self {
        Self { recipient: "250 ok", answers: true, wants_password: false, tls: None }
    }
}

impl Manners {
    /// With STARTTLS under a certificate for `localhost`; gives that certificate.
    pub fn with_tls() -> (Self, Vec<u8>) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let tls = Some(TlsAcceptor::from(Arc::new(config)));
        (Self { tls, ..Self::default() }, made.cert.der().to_vec())
    }
}

/// A mail server that keeps what it gets.
pub struct MailServer {
    pub port: u16,
    state: Arc<Mutex<Arrived>>,
}

#[derive(Default)]
struct Arrived {
    mails: Vec<String>,
    passwords: Vec<String>,
    plain_mails: usize,
}

impl MailServer {
    pub async fn start(manners: Manners) -> Self {
        Self::on(0, manners).await
    }

    /// On a port that a test knows.
    pub async fn on(port: u16, manners: Manners) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::<Mutex<Arrived>>::default();
        tokio::spawn({
            let state = Arc::clone(&state);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(serve(stream, manners.clone(), Arc::clone(&state)));
                }
            }
        });
        Self { port, state }
    }

    /// What has arrived so far, heads and bodies.
    pub fn mails(&self) -> Vec<String> {
        self.state.lock().unwrap().mails.clone()
    }

    /// What it was given to sign in, as `AUTH PLAIN` encodes it.
    pub fn passwords(&self) -> Vec<String> {
        self.state.lock().unwrap().passwords.clone()
    }

    /// How many mails arrived without TLS.
    pub fn plain_mails(&self) -> usize {
        self.state.lock().unwrap().plain_mails
    }

    /// Waits until a mail has arrived.
    pub async fn arrival(&self) {
        while self.mails().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn serve(stream: TcpStream, manners: Manners, state: Arc<Mutex<Arrived>>) {
    let mut stream = BufStream::new(stream);
    stream.write_all(b"220 sink ESMTP\r\n").await.unwrap();
    if converse(&mut stream, &manners, false, &state).await == Some(()) {
        let tls = manners.tls.clone().unwrap();
        if let Ok(stream) = tls.accept(stream.into_inner()).await {
            converse(&mut BufStream::new(stream), &manners, true, &state).await;
        }
    }
}

/// Until the client goes (`None`), or TLS is to begin.
async fn converse(
    stream: &mut BufStream<impl AsyncRead + AsyncWrite + Unpin>,
    manners: &Manners,
    is_tls: bool,
    state: &Mutex<Arrived>,
) -> Option<()> {
    loop {
        stream.flush().await.ok()?;
        let line = line(stream).await?;
        let verb = line.split_whitespace().next().unwrap_or_default().to_uppercase();
        let answer = match verb.as_str() {
            "EHLO" if manners.tls.is_some() && !is_tls => "250-sink\r\n250 STARTTLS",
            "EHLO" if manners.wants_password => "250-sink\r\n250 AUTH PLAIN",
            "EHLO" => "250 sink",
            "STARTTLS" => {
                stream.write_all(b"220 go on\r\n").await.ok()?;
                stream.flush().await.ok()?;
                return Some(());
            }
            "AUTH" => {
                state.lock().unwrap().passwords.push(line.trim().to_owned());
                "235 welcome"
            }
            "RCPT" => manners.recipient,
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await.ok()?;
                stream.flush().await.ok()?;
                let mail = data(stream).await?;
                let mut state = state.lock().unwrap();
                state.mails.push(mail);
                state.plain_mails += usize::from(!is_tls);
                if manners.answers { "250 taken" } else { "" }
            }
            _ => "250 ok",
        };
        if answer.is_empty() {
            std::future::pending::<()>().await;
        }
        stream.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    }
}

async fn line(stream: &mut (impl AsyncBufReadExt + Unpin)) -> Option<String> {
    let mut line = String::new();
    (stream.read_line(&mut line).await.ok()? > 0).then_some(line)
}

async fn data(stream: &mut (impl AsyncBufReadExt + Unpin)) -> Option<String> {
    let mut mail = String::new();
    loop {
        match line(stream).await?.as_str() {
            ".\r\n" => return Some(mail),
            text => mail.push_str(text.strip_prefix("..").map_or(text, |_| &text[1..])),
        }
    }
}

/// What an HTTP server was sent.
#[derive(Clone, Debug)]
pub struct Received {
    /// Request line and headers, in lower case.
    pub head: String,
    pub body: String,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(key, _)| *key == name).map(|(_, value)| value).next().unwrap_or_default()
    }
}

/// An HTTP server that keeps what it is sent, and answers as it was told to, in turn; then 204.
pub struct HttpServer {
    pub port: u16,
    received: Arc<Mutex<Vec<Received>>>,
}

impl HttpServer {
    pub async fn start(answers: &[&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let received = Arc::<Mutex<Vec<Received>>>::default();
        let mut answers: VecDeque<_> = answers.iter().copied().collect();
        tokio::spawn({
            let received = Arc::clone(&received);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let mut stream = BufStream::new(stream);
                    let Some(request) = request(&mut stream).await else { continue };
                    received.lock().unwrap().push(request);
                    let answer = answers.pop_front().unwrap_or("204 No Content");
                    let (answer, body) = answer.split_once("\n\n").unwrap_or((answer, ""));
                    let answer = answer.replace('\n', "\r\n");
                    let length = body.len();
                    let text = format!(
                        "HTTP/1.1 {answer}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
                    );
                    let _ = stream.write_all(text.as_bytes()).await;
                    let _ = stream.flush().await;
                }
            }
        });
        Self { port, received }
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

async fn request(stream: &mut BufStream<TcpStream>) -> Option<Received> {
    let mut head = String::new();
    loop {
        match line(stream).await?.as_str() {
            "\r\n" => break,
            text => {
                let (name, value) = text.split_once(": ").unwrap_or((text, ""));
                let separator = if value.is_empty() { "" } else { ": " };
                head.extend([name.to_lowercase().as_str(), separator, value]);
            }
        }
    }
    let head = head.replace("\r\n", "\n");
    let mut received = Received { head, body: String::new() };
    let mut body = vec![0; received.header("content-length").parse().unwrap_or(0)];
    stream.read_exact(&mut body).await.ok()?;
    received.body = String::from_utf8(body).unwrap();
    Some(received)
}
