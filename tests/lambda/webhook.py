"""A service that is told which mails to send."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from marks import mark

SECRET = mark("signs-what-the-webhook-is-told")


class Webhook:
    """Takes whatever comes, and keeps it: headers and body."""

    def __init__(self) -> None:
        received: list[tuple[dict[str, str], bytes]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                _mark(json.loads(body))
                received.append((dict(self.headers), body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.received = received
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/mails"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def mails(self) -> list[dict[str, Any]]:
        """The bodies, the oldest first."""
        return [json.loads(body) for _, body in self.received]

    def stop(self) -> None:
        """Gives the port back."""
        self._server.shutdown()
        self._server.server_close()


def _mark(mail: dict[str, Any]) -> None:
    """Notes what of a mail no log may show."""
    for field in ("to", "url", "token", "newEmail"):
        mark(mail.get(field) or "")
