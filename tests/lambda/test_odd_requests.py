"""What clients and gateways can send beside the usual: never a function error, never a 5xx."""

import json
import secrets

import pytest

from events import Event, get_session, load, new_email, sign_in, sign_out, sign_up
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


def requests(stack: Stack) -> list[Event]:
    """A request to each function that answers HTTP, each to be answered with 200."""
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

    for event in requests(stack):
        answer = stack.answer(event.path(path.format(event.payload["rawPath"]), stage))
        assert answer.status == 200, (event.function, answer)
        assert answer.payload["body"] not in ("", "null"), event.function


def test_no_host_header_changes_an_answer(stack: Stack) -> None:
    for event in requests(stack):
        for host in ODD_HOSTS:
            if event.function in ("sign-up-email", "sign-in-email"):
                # Wrong on purpose: an answer of its own without a hash for each host.
                event = event.body({"email": "no address", "password": PASSWORD, "name": ""})
            usual = stack.answer(event)
            odd = stack.answer(event.headers({"host": host, "x-forwarded-host": host}))
            assert (odd.status, odd.payload["body"]) == (usual.status, usual.payload["body"]), (event.function, host)


@pytest.mark.parametrize("lost", ["cookies", "body", "queryStringParameters", "headers", "isBase64Encoded"])
def test_fields_may_be_missing(stack: Stack, lost: str) -> None:
    for event in requests(stack):
        assert stack.answer(event.without(lost)).status < 500, event.function


@pytest.mark.parametrize("lost", ["cookies", "body", "queryStringParameters"])
def test_fields_may_be_null(stack: Stack, lost: str) -> None:
    for event in requests(stack):
        event.payload[lost] = None
        assert stack.answer(event).status < 500, event.function


@pytest.mark.parametrize("address", ["", "unknown", "203.0.113.7:443", None], ids=ascii)
def test_an_address_that_is_none_is_left_out(stack: Stack, address: str | None) -> None:
    event = sign_up(new_email(), PASSWORD)
    event.payload["requestContext"]["http"]["sourceIp"] = address

    session = stack.answer(get_session(stack.answer(event).session_cookie)).json["session"]

    assert session["ipAddress"] == ""


@pytest.mark.parametrize("body", ODD_BODIES.values(), ids=ODD_BODIES.keys())
def test_an_odd_body_is_the_callers_fault(stack: Stack, body: str | None) -> None:
    for event in [load("sign-up-email"), load("sign-in-email")]:
        for odd in [event.body(body), event.base64_body((body or "").encode())]:
            assert 400 <= stack.answer(odd).status < 500, event.function
    for event in [load("sign-out"), load("get-session"), load("ok")]:
        assert stack.answer(event.body(body)).status < 500, event.function


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
