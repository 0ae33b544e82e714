"""A user's way over HTTP: through the gateway that the SAM CLI plays, into the functions' containers."""

import json
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from answer import DONT_REMEMBER_COOKIE, SESSION_COOKIE
from client import APP_ORIGIN, Client, Reply
from events import new_email
from stack import PASSWORD


def signed_up(client: Client) -> tuple[str, Reply]:
    """Somebody new, by address and answer."""
    email = new_email()
    reply = client.post("/sign-up/email", {"name": "Ada", "email": email, "password": PASSWORD})
    assert reply.status == 200, reply
    return email, reply


@pytest.fixture(scope="module")
def ada(client: Client) -> tuple[str, Reply]:
    """Somebody who stays signed in."""
    return signed_up(client)


def test_a_visit(client: Client) -> None:
    email, up = signed_up(client)
    session = client.get("/get-session", cookie=up.session_cookie)
    out = client.post("/sign-out", cookie=up.session_cookie)
    gone = client.get("/get-session", cookie=up.session_cookie)
    back = client.post("/sign-in/email", {"email": email, "password": PASSWORD})

    assert up.json["user"]["email"] == session.json["user"]["email"] == email
    assert session.json["session"]["token"] == up.json["token"]
    assert (out.status, out.json) == (200, {"success": True})
    assert [cookie.value for cookie in out.cookies if cookie.name == SESSION_COOKIE] == [""]
    assert (gone.status, gone.json) == (200, None)
    assert back.json["user"]["id"] == up.json["user"]["id"]
    assert back.json["token"] != up.json["token"]


def test_a_bearer_token_proves_a_session(client: Client, ada: tuple[str, Reply]) -> None:
    email, up = ada

    signed = client.get("/get-session", authorization=f"Bearer {up.header('set-auth-token')}")
    bare = client.get("/session", authorization=f"Bearer {up.json['token']}")
    wrong = client.get("/get-session", authorization="Bearer abc")

    assert signed.json["user"]["email"] == bare.json["user"]["email"] == email
    assert wrong.json is None


def test_sessions_are_listed(client: Client, ada: tuple[str, Reply]) -> None:
    email, up = ada
    back = client.post("/sign-in/email", {"email": email, "password": PASSWORD}, user_agent="Firefox/140")

    listed = client.get("/list-sessions", cookie=back.session_cookie)

    assert {session["token"] for session in listed.json} >= {up.json["token"], back.json["token"]}
    assert "Firefox/140" in {session["userAgent"] for session in listed.json}


def test_each_cookie_has_a_line_of_its_own(client: Client, ada: tuple[str, Reply]) -> None:
    email, _ = ada

    reply = client.post("/sign-in/email", {"email": email, "password": PASSWORD, "rememberMe": False})

    assert {SESSION_COOKIE, DONT_REMEMBER_COOKIE} <= {cookie.name for cookie in reply.cookies}
    for cookie in reply.cookies:
        assert {"HttpOnly", "Secure", "Path", "SameSite"} <= cookie.attributes.keys(), cookie.name


def test_a_cookie_is_found_among_others(client: Client, ada: tuple[str, Reply]) -> None:
    email, up = ada
    cookies = "; ".join(["a=1", "theme=dark=blue", up.session_cookie, "session_token=not-this"])

    assert client.get("/get-session", cookie=cookies).json["user"]["email"] == email


def test_errors_keep_status_and_code(client: Client, ada: tuple[str, Reply]) -> None:
    email, up = ada
    sign_in = {"email": email, "password": PASSWORD}
    replies = {
        "a wrong password": client.post("/sign-in/email", sign_in | {"password": "battery staple"}),
        "an address that is taken": client.post("/sign-up/email", sign_in | {"name": "Ada"}),
        "nobody signed in": client.get("/list-sessions"),
        "a foreign origin": client.post("/sign-out", cookie=up.session_cookie, origin="https://evil.example"),
        "a foreign callbackURL": client.post("/sign-in/email", sign_in | {"callbackURL": "https://evil.example/"}),
        "a body in another type": client.post("/sign-in/email", sign_in, content_type="text/plain"),
    }

    assert {case: reply.error for case, reply in replies.items()} == {
        "a wrong password": (401, "INVALID_EMAIL_OR_PASSWORD"),
        "an address that is taken": (422, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"),
        "nobody signed in": (401, "UNAUTHORIZED"),
        "a foreign origin": (403, "INVALID_ORIGIN"),
        "a foreign callbackURL": (403, "INVALID_CALLBACK_URL"),
        "a body in another type": (415, "UNSUPPORTED_MEDIA_TYPE"),
    }


def test_a_body_that_is_no_json_is_a_clients_mistake(client: Client) -> None:
    headers = {"Content-Type": "application/json", "Origin": APP_ORIGIN}

    reply = client.send("POST", "/api/auth/sign-in/email", b"{", headers)

    assert reply.status == 400


def test_a_form_signs_in(client: Client, ada: tuple[str, Reply]) -> None:
    email, _ = ada
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": APP_ORIGIN}

    reply = client.send(
        "POST", "/api/auth/sign-in/email", urlencode({"email": email, "password": PASSWORD}).encode(), headers
    )

    assert (reply.status, reply.json["user"]["email"]) == (200, email)


def test_text_beyond_ascii_arrives(client: Client) -> None:
    body = {"name": "Zoë Čapková 🔑", "email": new_email(), "password": "größe ﬁ ½ 密码"}

    up = client.send(
        "POST",
        "/api/auth/sign-up/email",
        json.dumps(body, ensure_ascii=False).encode(),
        {"Content-Type": "application/json", "Origin": APP_ORIGIN},
    )
    back = client.post("/sign-in/email", {"email": body["email"], "password": body["password"]})

    assert up.json["user"]["name"] == back.json["user"]["name"] == body["name"]


@pytest.mark.parametrize("path", ["/api/auth/Get-Session", "/api/auth/nothing", "/get-session", "/api/auth/ok/ok"])
def test_a_path_is_exact(client: Client, path: str) -> None:
    # API Gateway answers 404, the SAM CLI 403; no function is called by either.
    assert client.send("GET", path).status == 403


@pytest.mark.parametrize(
    "query", ["disableCookieCache=true", "a=1&a=2&b", "q=%3D%26%25", "%F0%9F%94%91=%00", "=&&="]
)
def test_a_query_is_no_obstacle(client: Client, ada: tuple[str, Reply], query: str) -> None:
    email, up = ada

    reply = client.send("GET", f"/api/auth/get-session?{query}", headers={"Cookie": up.session_cookie})

    assert (reply.status, reply.json["user"]["email"]) == (200, email)


@pytest.mark.parametrize("token", ["abc", "a%20b", "%C3%A4%F0%9F%94%91", "a%3Fb%23c", "a%00b"])
def test_any_token_in_a_path_is_looked_up(client: Client, token: str) -> None:
    reply = client.get(f"/reset-password/{token}?callbackURL=%2Fnew-password")

    location = urlsplit(reply.header("location") or "")
    assert reply.status == 302
    assert location.path == "/new-password"
    assert parse_qs(location.query)["error"] == ["INVALID_TOKEN"]


def test_a_page_of_the_app_may_call_and_no_other(client: Client) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}

    own = client.send("OPTIONS", "/api/auth/sign-in/email", headers={"Origin": APP_ORIGIN, **asked})
    foreign = client.send("OPTIONS", "/api/auth/sign-in/email", headers={"Origin": "https://evil.example", **asked})
    answer = client.get("/get-session", origin=APP_ORIGIN)

    assert own.header("access-control-allow-origin") == APP_ORIGIN
    assert own.header("access-control-allow-credentials") == "true"
    assert "POST" in (own.header("access-control-allow-methods") or "")
    assert "content-type" in (own.header("access-control-allow-headers") or "")
    assert foreign.header("access-control-allow-origin") is None
    assert answer.header("access-control-allow-origin") == APP_ORIGIN
    assert answer.header("access-control-allow-credentials") == "true"


def test_probes_and_the_error_page_answer(client: Client) -> None:
    assert client.get("/ok").json == {"ok": True}
    assert client.send("GET", "/health").status == 200
    assert "INVALID_TOKEN" in client.get("/error?error=INVALID_TOKEN").body.decode()
