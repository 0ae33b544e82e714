"""Where the service is reached: PUBLIC_URL, else the gateway's own domain, and never a header."""

import pytest

from answer import SESSION_COOKIE
from events import ORIGIN, Event, new_email, sign_in, sign_out
from stack import PASSWORD, MakeStack, Stack

PLAIN_COOKIE = "better-auth.session_token"

FORGED = [
    {"host": "localhost:4000"},
    {"host": "evil.example", "x-forwarded-host": "evil.example"},
    {"x-forwarded-proto": "http", "x-forwarded-port": "80"},
    {"x-forwarded-host": "localhost:4000", "x-forwarded-proto": "http"},
    {"forwarded": "host=evil.example;proto=http"},
]


def from_browser(email: str, origin: str | None) -> Event:
    """A sign-in as a browser with some cookie sends it."""
    return sign_in(email, PASSWORD).cookies("theme=dark").headers({"origin": origin})


def test_without_a_public_url_cookies_are_secure(stack: Stack) -> None:
    cookie = stack.signed_up(new_email()).cookie(SESSION_COOKIE)

    assert "Secure" in cookie.attributes
    assert "Domain" not in cookie.attributes


def test_without_a_public_url_the_gateways_origin_is_trusted(stack: Stack) -> None:
    email = new_email()
    stack.signed_up(email)

    assert stack.answer(from_browser(email, ORIGIN)).status == 200


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        ORIGIN.replace("https:", "http:"),
        f"{ORIGIN}:8443",
        f"{ORIGIN}.evil.example",
        "http://localhost:4000",
    ],
)
def test_any_other_origin_is_refused(stack: Stack, origin: str) -> None:
    email = new_email()
    stack.signed_up(email)

    answer = stack.answer(from_browser(email, origin))

    assert (answer.status, answer.code) == (403, "INVALID_ORIGIN")
    assert answer.cookies == []


@pytest.mark.parametrize("origin", [None, "", "null"])
def test_with_a_cookie_an_origin_is_needed(stack: Stack, origin: str | None) -> None:
    answer = stack.answer(from_browser(new_email(), origin))

    assert (answer.status, answer.code) == (403, "MISSING_OR_NULL_ORIGIN")


@pytest.mark.parametrize("forged", FORGED, ids=lambda forged: "+".join(forged))
def test_no_header_changes_the_base_url(stack: Stack, forged: dict[str, str]) -> None:
    email = new_email()
    stack.signed_up(email)

    own = stack.answer(from_browser(email, ORIGIN).headers(forged))
    refused = [
        stack.answer(from_browser(email, origin).headers(forged))
        for origin in ("https://evil.example", "http://evil.example", "http://localhost:4000")
    ]

    assert own.status == 200
    assert "Secure" in own.cookie(SESSION_COOKIE).attributes
    assert [answer.code for answer in refused] == ["INVALID_ORIGIN"] * 3


def test_a_custom_domain_is_an_origin_of_its_own(stack: Stack) -> None:
    email = new_email()
    stack.signed_up(email)

    own = stack.answer(from_browser(email, "https://login.example.net").domain("login.example.net"))
    other = stack.answer(from_browser(email, ORIGIN).domain("login.example.net"))

    assert own.status == 200
    assert other.code == "INVALID_ORIGIN"


def test_a_sign_out_needs_no_origin_but_refuses_a_foreign_one(stack: Stack) -> None:
    cookie = stack.signed_up(new_email()).session_cookie

    foreign = stack.answer(sign_out(cookie).headers({"origin": "https://evil.example"}))
    none = stack.answer(sign_out(cookie))

    assert (foreign.status, foreign.code) == (403, "INVALID_ORIGIN")
    assert none.status == 200


def test_a_plain_http_public_url_gives_plain_cookies(make_stack: MakeStack) -> None:
    stack = make_stack(settings={"PUBLIC_URL": "http://localhost:4000"})
    email = new_email()

    cookie = stack.signed_up(email).cookie(PLAIN_COOKIE)
    own = stack.answer(from_browser(email, "http://localhost:4000"))
    gateway = stack.answer(from_browser(email, ORIGIN))

    assert "Secure" not in cookie.attributes
    assert own.status == 200
    assert gateway.code == "INVALID_ORIGIN"


def test_a_public_url_counts_for_more_than_the_gateways_domain(make_stack: MakeStack) -> None:
    stack = make_stack(settings={"PUBLIC_URL": "https://login.example.net", "CORS_ORIGIN": "https://app.example.net"})
    email = new_email()
    stack.signed_up(email)

    codes = {
        origin: stack.answer(from_browser(email, origin)).json.get("code")
        for origin in ("https://login.example.net", "https://app.example.net", ORIGIN)
    }

    assert codes == {"https://login.example.net": None, "https://app.example.net": None, ORIGIN: "INVALID_ORIGIN"}
