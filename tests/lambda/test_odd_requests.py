"""What clients and gateways can send beside the usual: never a function error, never a 5xx."""

import json
import secrets
from urllib.parse import quote

import pytest

from events import ORIGIN, Event, get_session, load, new_email, sign_in, sign_out, sign_up
from somebody import Somebody
from stack import PASSWORD, Stack

FORM = "application/x-www-form-urlencoded"

ODD_PATHS = {
    "a_named_stage": ("prod", "/prod{}"),
    "a_base_path": ("$default", "/identity/v1{}"),
    "a_base_path_and_a_named_stage": ("prod", "/prod/identity{}"),
    "a_decoded_nul": ("$default", "{}\0"),
    "decoded_spaces": ("$default", "/ {} "),
    "decoded_letters": ("$default", "/ü/密码{}é✓"),
    "a_decoded_question_mark": ("$default", "{}?callbackURL=https://evil.example/"),
    "a_decoded_hash": ("$default", "{}#top"),
    "a_decoded_percent": ("$default", "{}/%zz%"),
    "decoded_controls": ("$default", "{}\r\n\x1b[31m\x7f"),
    "double_slashes": ("$default", "//evil.example/{}//"),
    "an_absolute_url": ("$default", "https://evil.example:99999{}"),
    "backslashes": ("$default", "\\..\\{}"),
    "nothing": ("$default", ""),
    "a_star": ("$default", "*"),
    "eight_thousand_characters": ("$default", "/" + "x" * 8000 + "{}"),
}

ODD_HOSTS = [
    "",
    "evil.example",
    "evil.example:99999",
    "a b",
    "<script>",
    "user:password@evil.example",
    "größe.example",
    "[::1",
    "\0",
    "a" * 5000,
]

ODD_BODIES = {
    "no_body": None,
    "empty": "",
    "blank": " \n",
    "not_json": "{bad",
    "truncated": '{"email":"ada@example.com","password":"',
    "null": "null",
    "a_number": "17",
    "an_array": "[]",
    "a_text": '"text"',
    "wrong_types": '{"name":1,"email":[],"password":{},"rememberMe":"yes","callbackURL":7}',
    "nulls": '{"name":null,"email":null,"password":null,"rememberMe":null}',
    "deep": '{"email":' + "[" * 100_000,
    "a_nul": '{"name":"a\\u0000b","email":"nul@example.com","password":"correct\\u0000horse"}',
    "a_nul_as_it_stands": '{"name":"a\0b"}',
    "a_lone_surrogate": '{"name":"\\ud800","email":"lone@example.com","password":"\\udc00\\udc00\\udc00\\udc00"}',
    "a_long_password": json.dumps({"name": "x", "email": "long@example.com", "password": "p" * 1_000_000}),
    # Random, so that Postgres can't press it into an entry of an index.
    "a_long_address": json.dumps(
        {"name": "x", "email": secrets.token_hex(50_000) + "@example.com", "password": PASSWORD}
    ),
    "a_byte_order_mark": "\ufeff{}",
}


# The functions for which a body is needed with fields that each of ODD_BODIES lacks or has wrong. Those that need no
# more than an address or a password find one in some.
NEED_BODY = [
    "sign-up-email",
    "sign-in-email",
    "revoke-session",
    "reset-password",
    "change-password",
    "change-email",
    "unlink-account",
]

# Texts in the place of a token in the path.
ODD_TOKENS = {
    "a_slash": "a/b",
    "slashes": "../../../sign-in/email",
    "only_dots": "..",
    "a_percent": "%",
    "an_escape": "%2F%00%zz",
    "a_nul": "a\0b",
    "controls": "\r\nset-cookie: a=b\x1b[31m",
    "letters": "ü密码é✓",
    "a_surrogates_escape": "\ufffd",
    "a_query": "x?callbackURL=https://evil.example/#top",
    "braces": "{token}",
    "a_quote": "' or 1=1 --",
    "eight_thousand_characters": "x" * 8000,
    "nothing": "",
}


def requests(stack: Stack) -> list[Event]:
    """Requests that are answered with 200."""
    email = new_email()
    cookie = stack.signed_up(email).session_cookie
    return [
        sign_up(new_email(), PASSWORD),
        sign_in(email, PASSWORD),
        get_session(cookie),
        sign_out(),
        load("ok"),
        load("health"),
    ]


@pytest.mark.parametrize("name", ODD_PATHS)
def test_a_function_answers_its_own_route_whatever_the_path(stack: Stack, name: str) -> None:
    stage, path = ODD_PATHS[name]
    somebody = Somebody(stack)

    for function in somebody.requests():
        event = somebody.request(function)
        answer = stack.answer(event.path(path.format(event.payload["rawPath"]), stage))
        status = somebody.status(function)
        assert answer.status == status, (function, answer)
        assert (answer.payload["body"] in ("", "null")) == (status == 302), function


@pytest.mark.parametrize("token", ODD_TOKENS.values(), ids=ODD_TOKENS.keys())
def test_an_odd_token_in_the_path_is_an_invalid_one(stack: Stack, token: str) -> None:
    event = load("get-reset-password")
    event.payload["pathParameters"]["token"] = token

    answer = stack.answer(event)

    if token:
        assert (answer.status, answer.headers["location"]) == (302, f"{ORIGIN}/new-password?error=INVALID_TOKEN")
    else:
        assert 400 <= answer.status < 500, answer


@pytest.mark.parametrize("parameters", [None, {}, {"other": "x"}], ids=ascii)
def test_a_path_without_its_token_is_no_endpoint(stack: Stack, parameters: object) -> None:
    event = load("get-reset-password")
    event.payload["pathParameters"] = parameters

    assert stack.answer(event).status == 404


def test_a_link_leads_nowhere_else(stack: Stack) -> None:
    somebody = Somebody(stack)

    for function in ["get-reset-password", "verify-email", "delete-user-callback"]:
        event = somebody.request(function)
        (token,) = [part for part in event.payload["rawQueryString"].split("&") if "token" in part] or [""]
        for target in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]:
            answer = stack.answer(event.query(f"{token}&callbackURL={quote(target, safe='')}"))
            assert (answer.status, answer.headers.get("location")) == (403, None), (function, target)


def test_no_host_header_changes_an_answer(stack: Stack) -> None:
    for event in requests(stack):
        for host in ODD_HOSTS:
            if event.function in ("sign-up-email", "sign-in-email"):
                # Wrong on purpose: an answer of its own without a hash for each host.
                event = event.body({"email": "no address", "password": PASSWORD, "name": ""})
            usual = stack.answer(event)
            odd = stack.answer(event.headers({"host": host, "x-forwarded-host": host}))
            assert (odd.status, odd.payload["body"]) == (usual.status, usual.payload["body"]), (event.function, host)


@pytest.mark.parametrize(
    "lost",
    ["cookies", "body", "rawQueryString", "queryStringParameters", "pathParameters", "headers", "isBase64Encoded"],
)
def test_fields_may_be_missing(stack: Stack, lost: str) -> None:
    somebody = Somebody(stack)

    for function in somebody.requests():
        assert stack.answer(somebody.request(function).without(lost)).status < 500, function


@pytest.mark.parametrize("lost", ["cookies", "body", "queryStringParameters", "pathParameters"])
def test_fields_may_be_null(stack: Stack, lost: str) -> None:
    somebody = Somebody(stack)

    for function in somebody.requests():
        event = somebody.request(function)
        event.payload[lost] = None
        assert stack.answer(event).status < 500, function


@pytest.mark.parametrize("address", ["", "unknown", "203.0.113.7:443", None], ids=ascii)
def test_an_address_that_is_none_is_left_out(stack: Stack, address: str | None) -> None:
    event = sign_up(new_email(), PASSWORD)
    event.payload["requestContext"]["http"]["sourceIp"] = address

    session = stack.answer(get_session(stack.answer(event).session_cookie)).json["session"]

    assert session["ipAddress"] == ""


@pytest.mark.parametrize("body", ODD_BODIES.values(), ids=ODD_BODIES.keys())
def test_an_odd_body_is_the_callers_fault(stack: Stack, body: str | None) -> None:
    somebody = Somebody(stack)

    for function in NEED_BODY:
        event = somebody.request(function)
        for odd in [event.body(body), event.base64_body((body or "").encode())]:
            assert 400 <= stack.answer(odd).status < 500, function
    for function in somebody.requests():
        if function not in NEED_BODY:
            assert stack.answer(somebody.request(function).body(body)).status < 500, function


def test_bytes_that_are_no_text_are_the_callers_fault(stack: Stack) -> None:
    for event in [load("sign-up-email"), load("sign-in-email")]:
        assert 400 <= stack.answer(event.base64_body(b"\xff\xfe\x00\x80")).status < 500


def test_a_base64_body_is_decoded(stack: Stack) -> None:
    email = new_email()
    body = json.dumps({"name": "Zoë 🔑", "email": email, "password": PASSWORD}, ensure_ascii=False)

    answer = stack.answer(load("sign-up-email").base64_body(body.encode(), "application/json; charset=utf-8"))

    assert (answer.status, answer.json["user"]["name"]) == (200, "Zoë 🔑")


def test_a_form_comes_in_base64_and_signs_in(stack: Stack) -> None:
    email = new_email()
    stack.signed_up(email)
    form = f"email={email.replace('@', '%40')}&password={PASSWORD.replace(' ', '+')}"

    answer = stack.answer(load("sign-in-email").base64_body(form.encode(), FORM))

    assert (answer.status, answer.json["user"]["email"]) == (200, email)


def test_base64_that_is_none_is_the_callers_fault(stack: Stack) -> None:
    event = load("sign-in-email").base64_body(b"")
    event.payload["body"] = "!no base64!"

    assert 400 <= stack.answer(event).status < 500


def test_a_session_is_found_among_a_hundred_cookies(stack: Stack) -> None:
    signed_up = stack.signed_up(new_email())
    crumbs = load("get-session.hundred-cookies").payload["cookies"]

    answers = [
        stack.answer(get_session(signed_up.session_cookie, *crumbs)),
        stack.answer(get_session(*crumbs[:50], signed_up.session_cookie, *crumbs[50:])),
        stack.answer(get_session(*crumbs, signed_up.session_cookie)),
    ]

    assert len(crumbs) == 100
    assert [answer.json["user"]["email"] for answer in answers] == [signed_up.json["user"]["email"]] * 3


def test_a_session_is_found_in_a_cookie_header_as_well(stack: Stack) -> None:
    signed_up = stack.signed_up(new_email())

    answer = stack.answer(load("get-session").headers({"cookie": f"a=1; {signed_up.session_cookie}; b=2"}))

    assert answer.json["user"] == signed_up.json["user"]


@pytest.mark.parametrize(
    "crumbs",
    [
        ["naïve=☕"],
        ["théme=dark"],
        ["nothing"],
        [""],
        ["=x"],
        ["a=\r\nset-cookie: b=c"],
        ["\0=\0"],
        ["x=" + "y" * 20_000],
    ],
    ids=ascii,
)
def test_an_odd_cookie_hides_no_other(stack: Stack, crumbs: list[str]) -> None:
    signed_up = stack.signed_up(new_email())

    answer = stack.answer(get_session(*crumbs, signed_up.session_cookie))

    assert answer.json["user"] == signed_up.json["user"]


def test_header_values_outside_ascii_are_kept(stack: Stack) -> None:
    event = sign_up(new_email(), PASSWORD).headers(
        {"user-agent": "Überbrowser/1 ✓", "x-café": "☕", "accept-language": "čeština"}
    )

    answer = stack.answer(event)

    assert answer.status == 200
    assert stack.answer(get_session(answer.session_cookie)).json["session"]["userAgent"] == "Überbrowser/1 ✓"


@pytest.mark.parametrize("value", ["", "\0", "a\r\nb: c", "\x7f", "x" * 8000], ids=ascii)
@pytest.mark.parametrize(
    "name",
    ["user-agent", "origin", "referer", "authorization", "content-type", "accept", "x-amzn-trace-id", "sec-fetch-site"],
)
def test_an_odd_header_is_no_fault_of_ours(stack: Stack, name: str, value: str) -> None:
    for event in [load("sign-in-email").body({"email": "no address", "password": PASSWORD}), sign_out(), get_session()]:
        assert stack.answer(event.headers({name: value})).status < 500, event.function


@pytest.mark.parametrize("name", ["", "a b", "größe", "\0", ":path", "x" * 5000], ids=ascii)
def test_an_odd_header_name_is_no_fault_of_ours(stack: Stack, name: str) -> None:
    for event in [load("ok"), get_session()]:
        assert stack.answer(event.headers({name: "value"})).status == 200


@pytest.mark.parametrize(
    "query",
    [
        "=",
        "&&&",
        "%",
        "%zz=%",
        "a=%00&b=%ff",
        "disableRefresh",
        "disableRefresh=1&disableRefresh=2",
        "é=✓",
        "x=" + "y" * 9000,
    ],
    ids=ascii,
)
def test_an_odd_query_is_no_fault_of_ours(stack: Stack, query: str) -> None:
    cookie = stack.signed_up(new_email()).session_cookie

    assert stack.answer(get_session(cookie).query(query)).json is not None
    assert stack.answer(load("ok").query(query)).status == 200


def test_a_large_body_is_read(stack: Stack) -> None:
    event = load("sign-in-email").body({"email": "no address", "password": PASSWORD, "rest": "x" * 3_000_000})

    assert stack.answer(event).code == "INVALID_EMAIL"
