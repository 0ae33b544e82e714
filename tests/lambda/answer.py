"""An answer in API Gateway's payload format 2.0."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from marks import mark

SESSION_COOKIE = "__Secure-better-auth.session_token"
DONT_REMEMBER_COOKIE = "__Secure-better-auth.dont_remember"


def signature(value: str, secret: str) -> str:
    """What Better Auth appends to a cookie's value: HMAC-SHA-256 in base64."""
    return base64.b64encode(hmac.digest(secret.encode(), value.encode(), hashlib.sha256)).decode()


def signed_cookie(token: str, secret: str, name: str = SESSION_COOKIE) -> str:
    """A session cookie as a client sends it, for a session token and a key of one's own choice."""
    return f"{name}={mark(quote(f'{token}.{signature(token, secret)}', safe='-_.!~*()'))}"


@dataclass(frozen=True)
class Cookie:
    """One `Set-Cookie` line."""

    name: str
    value: str
    attributes: dict[str, str]

    @staticmethod
    def parse(line: str) -> "Cookie":
        """Takes a line apart; attributes without a value have the empty one."""
        pair, *rest = line.split("; ")
        name, _, value = pair.partition("=")
        return Cookie(name, value, dict(part.partition("=")[::2] for part in rest))

    def is_signed_with(self, secret: str) -> bool:
        """Whether its signature is that of a key."""
        value, _, sent = unquote(self.value).rpartition(".")
        return sent == signature(value, secret)

    @property
    def pair(self) -> str:
        """As a client sends it back."""
        return f"{self.name}={self.value}"


@dataclass(frozen=True)
class Answer:
    """What a function returned, and how long the caller waited for it."""

    payload: dict[str, Any]
    seconds: float

    @property
    def status(self) -> int:
        """The HTTP status."""
        return int(self.payload["statusCode"])

    @property
    def headers(self) -> dict[str, str]:
        """The headers, names in lower case."""
        return {name.lower(): value for name, value in self.payload["headers"].items()}

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.payload["body"])

    @property
    def code(self) -> Any:
        """The code of an error."""
        return self.json.get("code")

    @property
    def cookies(self) -> list[Cookie]:
        """The cookies it sets, in order."""
        return [Cookie.parse(line) for line in self.payload.get("cookies") or []]

    def cookie(self, name: str = SESSION_COOKIE) -> Cookie:
        """The one cookie of that name."""
        (found,) = [cookie for cookie in self.cookies if cookie.name == name]
        return found

    @property
    def session_cookie(self) -> str:
        """The session cookie as a client sends it back."""
        return self.cookie().pair

    def mark(self) -> None:
        """Notes what of this answer no log may show."""
        for cookie in self.cookies:
            mark(cookie.value)
        mark(self.headers.get("set-auth-token", ""))
        mark(self.headers.get("location", ""))
        try:
            body = self.json
        except (KeyError, TypeError, ValueError):
            return
        if isinstance(body, dict):
            mark(body.get("token") or "")
            mark((body.get("session") or {}).get("token", ""))
