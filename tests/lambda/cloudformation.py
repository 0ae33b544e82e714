"""What asks a custom resource, and waits for its answer."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from events import load
from marks import mark


class CloudFormation:
    """Takes answers where it said that it wants them, as S3 does behind a signed URL."""

    def __init__(self, address: str = "127.0.0.1"):
        self._address = address
        answers: list[dict[str, Any]] = []
        # How many answers are turned away first, as S3 does when it is busy.
        busy = self.busy = [0]
        # While this is set, no answer is answered.
        is_silent = self.is_silent = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                while is_silent.is_set():
                    time.sleep(0.1)
                if busy[0] > 0:
                    busy[0] -= 1
                    self._end(503)
                # The signature is over an empty content type, and S3 takes no more than this.
                elif self.headers.get("content-type") == "" and len(body) <= 4096 and self.path.endswith(_SIGNATURE):
                    answers.append(json.loads(body))
                    self._end(200)
                else:
                    self._end(403)

            def _end(self, status: int) -> None:
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.answers = answers
        self._server = ThreadingHTTPServer((address, 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def asks(self, request_type: str, **fields: str) -> dict[str, Any]:
        """An event that wants its answer here."""
        url = f"http://{self._address}:{self._server.server_port}/stack%7CMigration%7C1{_SIGNATURE}"
        event = load("migrate.custom-resource").payload
        return event | {"RequestType": request_type, "ResponseURL": url} | fields

    def stop(self) -> None:
        """Gives the port back."""
        self.is_silent.clear()
        self._server.shutdown()
        self._server.server_close()


_SIGNATURE = "?X-Amz-Signature=" + mark("whoever-knows-this-may-answer")
