//! HTTP/1.1 on the connections of a listener, for clients that may be slow on purpose.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use shared::client::ClientIp;
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

/// How long the head of a request may take to arrive, counted from the connection or from the answer before: an idle
/// connection is closed as well. What comes after the head is bounded by the pipeline's deadline.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long no connection is accepted after the system had no room for one.
const PAUSE: Duration = Duration::from_millis(100);

/// Connections that are being served.
pub struct Connections {
    http: Builder,
    open: GracefulShutdown,
    router: Router,
}

impl Connections {
    /// None yet. The router finds the client's address among a request's extensions, as [`ClientIp`].
    pub fn new(router: Router) -> Self {
        let mut http = Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
        Self { http, open: GracefulShutdown::new(), router }
    }

    /// Accepts one after the other, for ever.
    pub async fn accept(&self, listener: &TcpListener) {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => self.serve(stream, peer),
                // Of that one connection, or of the system, which says so again and again while it lasts.
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    fn serve(&self, stream: TcpStream, peer: SocketAddr) {
        let router = self.router.clone();
        let service = service_fn(move |mut request: hyper::Request<_>| {
            request.extensions_mut().insert(ClientIp(peer.ip()));
            router.clone().oneshot(request.map(Body::new))
        });
        let connection = self.http.serve_connection(TokioIo::new(stream), service);
        let connection = self.open.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended");
            }
        });
    }

    /// Closes those that are idle, and waits for the others to be answered.
    pub async fn finish(self) {
        self.open.shutdown().await;
    }
}
