"""An HTTP client that sends what it is told and shows what came."""

import http.client
import json
from dataclasses import dataclass
from typing import Any

from answer import SESSION_COOKIE, Cookie

# A page of the app's, on an origin that the template's CorsOrigins names.
APP_ORIGIN = "https://app.example.com"


@dataclass(frozen=True)
class Reply:
    """An answer as it came over the wire."""

    status: int
    lines: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """The one header of that name, if there is one."""
        found = [value for key, value in self.lines if key.lower() == name]
        assert len(found) <= 1, f"{name} came {len(found)} times"
        return found[0] if found else None

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)

    @property
    def error(self) -> tuple[int, str | None]:
        """The status and the code of an error."""
        return self.status, self.json.get("code")

    @property
    def cookies(self) -> list[Cookie]:
        """The cookies it sets, a `Set-Cookie` line each."""
        return [Cookie.parse(value) for key, value in self.lines if key.lower() == "set-cookie"]

    @property
    def session_cookie(self) -> str:
        """The session cookie, as a client sends it back."""
        (found,) = [cookie for cookie in self.cookies if cookie.name == SESSION_COOKIE]
        return found.pair


class Client:
    """Calls the API at an address; each request has a connection of its own."""

    def __init__(self, address: tuple[str, int]):
        self._address = address

    def answers(self) -> bool:
        """Whether anything listens there."""
        connection = http.client.HTTPConnection(*self._address, timeout=5)
        try:
            connection.connect()
        except OSError:
            return False
        finally:
            connection.close()
        return True

    def send(
        self, method: str, target: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Reply:
        """Sends a request. `target` is path and query, as they go over the wire."""
        connection = http.client.HTTPConnection(*self._address, timeout=60)
        try:
            connection.request(method, target, body, headers or {})
            response = connection.getresponse()
            return Reply(response.status, response.getheaders(), response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Reply:
        """A GET under /api/auth, as a script sends it; `user_agent` is the header User-Agent."""
        return self.send("GET", f"/api/auth{path}", headers=_named(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        """A POST of JSON under /api/auth, as a page of the app's sends it."""
        sent = {"Content-Type": "application/json", "Origin": APP_ORIGIN} | _named(headers)
        return self.send("POST", f"/api/auth{path}", json.dumps(body if body is not None else {}).encode(), sent)


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-").title(): value for name, value in headers.items()}
