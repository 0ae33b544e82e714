"""The events of tests/events/, as AWS sends them, and variations of them."""

import base64
import copy
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from marks import mark

FOLDER = Path(__file__).resolve().parent.parent / "events"


def names() -> list[str]:
    """Every event that is kept, by the name of its file."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


@dataclass(frozen=True)
class Event:
    """An event and the function it is meant for. Each method gives a changed copy."""

    function: str
    payload: Any

    def body(self, body: Any) -> "Event":
        """Sends a text as it stands, and anything else as JSON; None sends no body."""
        changed = self._copy()
        payload = changed.payload
        payload.pop("body", None)
        payload["isBase64Encoded"] = False
        if body is not None:
            text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
            payload["body"] = text
            payload["headers"]["content-length"] = str(len(text.encode()))
        return changed

    def base64_body(self, body: bytes, content_type: str = "application/json") -> "Event":
        """Sends bytes as the gateway does when it does not take the content type for a text."""
        changed = self._copy()
        changed.payload["body"] = base64.b64encode(body).decode()
        changed.payload["isBase64Encoded"] = True
        changed.payload["headers"] |= {"content-type": content_type, "content-length": str(len(body))}
        return changed

    def headers(self, headers: Mapping[str, str | None]) -> "Event":
        """Sets headers (names in lower case, as the gateway has them); None takes one away."""
        changed = self._copy()
        sent = changed.payload["headers"] | dict(headers)
        changed.payload["headers"] = {name: value for name, value in sent.items() if value is not None}
        if "user-agent" in headers:
            changed.payload["requestContext"]["http"]["userAgent"] = headers["user-agent"] or ""
        return changed

    def cookies(self, *cookies: str) -> "Event":
        """Sends cookies, each `name=value`, in place of those that are there."""
        changed = self._copy()
        changed.payload["cookies"] = list(cookies)
        return changed

    def bearer(self, token: str) -> "Event":
        """Sends a bearer token."""
        return self.headers({"authorization": f"Bearer {token}"})

    def path(self, path: str, stage: str = "$default") -> "Event":
        """Arrives under another path: the gateway decodes it, and puts stage or base path before it."""
        changed = self._copy()
        changed.payload["rawPath"] = changed.payload["requestContext"]["http"]["path"] = path
        changed.payload["requestContext"]["stage"] = stage
        return changed

    def path_parameter(self, name: str, value: str) -> "Event":
        """Arrives under its route with another text in the place of a parameter, which the gateway decodes."""
        old = self.payload["pathParameters"][name]
        changed = self.path(self.payload["rawPath"].replace(old, value))
        changed.payload["pathParameters"][name] = value
        return changed

    def domain(self, domain: str) -> "Event":
        """Arrives at another domain of the API's own."""
        changed = self.headers({"host": domain})
        changed.payload["requestContext"] |= {"domainName": domain, "domainPrefix": domain.split(".")[0]}
        return changed

    def query(self, raw: str) -> "Event":
        """Sends a query string."""
        changed = self._copy()
        changed.payload["rawQueryString"] = raw
        return changed

    def without(self, *fields: str) -> "Event":
        """Lacks top-level fields of the payload."""
        changed = self._copy()
        for field in fields:
            changed.payload.pop(field, None)
        return changed

    def mark(self) -> None:
        """Notes what of this event no log may show."""
        payload = self.payload
        if not isinstance(payload, dict) or "requestContext" not in payload:
            return
        mark(payload["requestContext"]["domainName"])
        mark(payload["requestContext"]["http"].get("sourceIp") or "")
        mark(payload.get("rawPath", ""))
        mark(payload.get("rawQueryString", ""))
        for cookie in payload.get("cookies") or []:
            mark(cookie.partition("=")[2])
        authorization = (payload.get("headers") or {}).get("authorization", "")
        mark(authorization.partition(" ")[2])
        for value in (payload.get("pathParameters") or {}).values():
            mark(value)
        for pair in payload.get("rawQueryString", "").split("&"):
            name, _, value = pair.partition("=")
            # A code, as the log has them too.
            if name != "error":
                mark(value)
        for field in _SECRET_FIELDS:
            value = _field(payload, field)
            if isinstance(value, str):
                mark(value)

    def _copy(self) -> "Event":
        return Event(self.function, copy.deepcopy(self.payload))


# What a body says that is nobody else's business.
_SECRET_FIELDS = (
    "password",
    "newPassword",
    "currentPassword",
    "token",
    "email",
    "newEmail",
    "callbackURL",
    "redirectTo",
)


def load(name: str) -> Event:
    """The event of a file: `sign-in-email`, or a variation such as `sign-in-email.form`."""
    payload = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return Event(name.partition(".")[0], payload)


_CONTEXT = load("health").payload["requestContext"]
# The API's own origin and the caller's address in these events.
ORIGIN = f"https://{_CONTEXT['domainName']}"
SOURCE_IP: str = _CONTEXT["http"]["sourceIp"]


def new_email() -> str:
    """An address that nobody has."""
    return f"{secrets.token_hex(8)}@example.com"


def sign_up(email: str, password: str, **fields: Any) -> Event:
    """Somebody signs up."""
    return load("sign-up-email").body({"name": "Somebody", "email": email, "password": password, **fields})


def sign_in(email: str, password: str, **fields: Any) -> Event:
    """Somebody signs in."""
    return load("sign-in-email").body({"email": email, "password": password, **fields})


def get_session(*cookies: str) -> Event:
    """Asks who is signed in."""
    return load("get-session").cookies(*cookies) if cookies else load("get-session")


def sign_out(*cookies: str) -> Event:
    """Signs out."""
    return load("sign-out").cookies(*cookies) if cookies else load("sign-out")


def follow(link: str) -> Event:
    """Somebody opens the link of a mail."""
    url = urlsplit(link)
    functions = {
        "/api/auth/verify-email": "verify-email",
        "/api/auth/delete-user/callback": "delete-user-callback",
    }
    if url.path in functions:
        event = load(functions[url.path]).without("cookies")
    else:
        start, _, token = url.path.rpartition("/")
        assert start == "/api/auth/reset-password", url.path
        event = load("get-reset-password").path_parameter("token", token)
    return event.domain(url.netloc).query(url.query)


def _field(payload: dict[str, Any], name: str) -> Any:
    try:
        body = json.loads(payload["body"])
        return body.get(name)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return None
