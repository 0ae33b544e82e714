//! Whether a server answers: for the health check of a container, which has no curl.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::environment::Environment;
use crate::serve;

/// How long it may take.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Asks `GET /health` of the server that these settings start.
///
/// Errors: it does not answer, or with anything but 200.
pub async fn run(environment: &Environment) -> Result<(), Box<dyn std::error::Error>> {
    let mut address = serve::address(|name| environment.var(name))?;
    if address.ip().is_unspecified() {
        // A server that listens everywhere listens on loopback.
        address.set_ip([127, 0, 0, 1].into());
    }
    let status = tokio::time::timeout(TIMEOUT, status_line(address))
        .await
        .map_err(|_| format!("http://{address}/health does not answer in time"))?
        .map_err(|error| format!("http://{address}/health does not answer: {error}"))?;
    match status.split(' ').nth(1) {
        Some("200") => Ok(()),
        _ => Err(format!("http://{address}/health answers {:?}", status.trim_end()).into()),
    }
}

async fn status_line(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /health HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).await?;
    Ok(line)
}
