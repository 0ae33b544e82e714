"""What is asked of both sides."""

import json
from collections.abc import Iterable
from typing import Any

from data import ORIGIN, PASSWORD, Data, cookie, token
from services import Service

_BASE = "/api/auth"
_JSON = {"content-type": "application/json", "origin": ORIGIN}
Asked = dict[str, Any]


def _get(path: str, headers: dict[str, str], expect: str) -> Asked:
    return {"method": "GET", "path": _BASE + path, "headers": {"user-agent": "bench"} | headers, "expect": expect}


def _post(path: str, body: dict[str, Any], headers: dict[str, str], expect: str) -> Asked:
    text = json.dumps(body)
    headers = {"user-agent": "bench"} | _JSON | headers
    return {"method": "POST", "path": _BASE + path, "headers": headers, "body": text, "expect": expect}


def sign_ups(label: str, count: int) -> Iterable[Asked]:
    """Of people who are new."""
    for n in range(count):
        email = f"{label}-{n}@example.com"
        body = {"name": "Somebody", "email": email, "password": PASSWORD}
        yield _post("/sign-up/email", body, {}, f'"email":"{email}"')


def sign_ins(data: Data, count: int = 200) -> Iterable[Asked]:
    """Of several people in turn."""
    for n in range(min(count, data.users)):
        body = {"email": f"user{n}@example.com", "password": PASSWORD}
        yield _post("/sign-in/email", body, {}, '"token":"')


def get_sessions(label: str, count: int, step: int = 1) -> Iterable[Asked]:
    """By cookie."""
    for n in range(count):
        found = token(label, n * step)
        yield _get("/get-session", {"cookie": cookie(found)}, found)


def get_sessions_by_bearer(label: str, count: int) -> Iterable[Asked]:
    """By the token alone."""
    for n in range(count):
        found = token(label, n)
        yield _get("/get-session", {"authorization": f"Bearer {found}"}, found)


def get_cached_sessions(service: Service, label: str, count: int) -> Iterable[Asked]:
    """By cookies that hold a copy, which the service makes beforehand."""
    for asked in get_sessions(label, count):
        _, cookies = service.request(asked)
        copies = [line.split(";")[0] for line in cookies if "session_data" in line]
        if not copies:
            raise RuntimeError(f"{service.name} gives no cookie cache: {cookies}")
        headers = {"cookie": "; ".join([asked["headers"]["cookie"], *copies])}
        yield _get("/get-session", headers, asked["expect"])


def list_sessions(label: str, count: int) -> Iterable[Asked]:
    """Each of somebody with several."""
    for n in range(count):
        found = token(label, n)
        yield _get("/list-sessions", {"cookie": cookie(found)}, found)


def sign_outs(label: str, count: int) -> Iterable[Asked]:
    """Each of a session that is there to be ended."""
    for n in range(count):
        yield _post("/sign-out", {}, {"cookie": cookie(token(label, n))}, '"success":true')


def health() -> Iterable[Asked]:
    """What needs no database."""
    yield {"method": "GET", "path": "/health", "headers": {"user-agent": "bench"}}
