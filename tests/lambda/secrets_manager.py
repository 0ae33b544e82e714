"""A small Secrets Manager that counts what it is asked."""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_TARGET = "secretsmanager.GetSecretValue"


def arn_of(name: str) -> str:
    """The ARN of a secret, with the six characters that AWS appends."""
    return f"arn:aws:secretsmanager:eu-central-1:123456789012:secret:{name}-AbCdEf"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A function that lost patience is part of the tests; anything else is a bug here."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class SecretsManager:
    """Answers GetSecretValue as AWS does (JSON 1.1), and keeps the ARN of every secret that was read."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        # Every request that came, whatever it asked for.
        self.requests: list[str] = []
        # Answers are 500 while this is set.
        self.is_broken = False
        self._server = _Server(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        return "127.0.0.1", self._server.server_address[1]

    def put(self, name: str, value: str) -> str:
        """Keeps a secret and gives its ARN."""
        arn = arn_of(name)
        self.secrets[arn] = value
        return arn

    def replace(self, arn: str, value: str) -> None:
        """Gives a secret another value."""
        self.secrets[arn] = value

    def stop(self) -> None:
        """Gives the port back."""
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, target: str, body: dict[str, str]) -> tuple[int, dict[str, object]]:
        arn = body.get("SecretId", "")
        self.requests.append(arn if target == _TARGET else target)
        if self.is_broken:
            return 500, {"__type": "InternalServiceError", "Message": "An error occurred on the server side."}
        if target != _TARGET:
            return 400, {"__type": "UnknownOperationException"}
        if arn not in self.secrets:
            message = "Secrets Manager can't find the specified secret."
            return 400, {"__type": "ResourceNotFoundException", "Message": message}
        return 200, {
            "ARN": arn,
            "Name": arn.rsplit(":", 1)[1][:-7],
            "VersionId": "0d4f1a3e-5b1c-4d0e-9f3a-2c6a1f7e8b90",
            "SecretString": self.secrets[arn],
            "VersionStages": ["AWSCURRENT"],
            "CreatedDate": 1781524800.0,
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        manager = self

        class Handler(BaseHTTPRequestHandler):
            # Connections stay, as at AWS.
            protocol_version = "HTTP/1.1"
            # Headers and body in one packet.
            wbufsize = -1
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", 0))
                body = json.loads(self.rfile.read(length) or b"{}")
                status, answer = manager._answer(self.headers.get("x-amz-target", ""), body)
                self._send(status, answer)

            def do_GET(self) -> None:
                manager.requests.append(self.path)
                self._send(404, {})

            do_PUT = do_HEAD = do_GET

            def _send(self, status: int, answer: dict[str, object]) -> None:
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("content-type", "application/x-amz-json-1.1")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler
