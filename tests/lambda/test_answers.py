"""Every binary starts and answers its event, in API Gateway's payload format 2.0."""

import re

import pytest

from answer import DONT_REMEMBER_COOKIE, SESSION_COOKIE, Answer
from events import FOLDER, get_session, load, names, new_email, sign_in, sign_out, sign_up
from postgres import Database
from somebody import Somebody
from stack import FUNCTIONS, HTTP_FUNCTIONS, PASSWORD, OTHER_FUNCTIONS, MakeStack, Stack

TEMPLATE = (FOLDER.parent.parent / "template.yaml").read_text(encoding="utf-8")
HTTP_EVENTS = [name for name in names() if name.partition(".")[0] not in OTHER_FUNCTIONS]

# What kept events are answered with where that is not 200: their sessions and tokens are nobody's.
STATUSES = {
    # Its query would lead elsewhere.
    "get-session.odd-query": 403,
    "get-session.post": 405,
    "get-reset-password": 302,
    "reset-password": 400,
    "verify-email": 302,
    "delete-user-callback": 404,
    **dict.fromkeys(
        (
            "list-sessions",
            "revoke-session",
            "revoke-sessions",
            "revoke-other-sessions",
            "update-session",
            "verify-password",
            "change-password",
            "change-email",
            "update-user",
            "delete-user",
            "list-accounts",
            "unlink-account",
        ),
        401,
    ),
}


def assert_payload_2_0(answer: Answer, content_type: str = "application/json") -> None:
    """The shape that the gateway reads; what it does not understand it would drop or answer with 500."""
    payload = answer.payload
    assert isinstance(payload["body"], str)
    assert payload["isBase64Encoded"] is False
    assert all(isinstance(value, str) for value in payload["headers"].values()), payload["headers"]
    assert "set-cookie" not in answer.headers
    assert not payload.get("multiValueHeaders"), "format 2.0 has none, so the gateway ignores them"
    assert all(isinstance(line, str) for line in payload.get("cookies") or [])
    assert answer.headers["content-type"] == content_type
    assert answer.headers["x-request-id"]


def content_type(function: str) -> str:
    """What a function answers with."""
    return "text/html" if function == "error" else "application/json"


def test_every_function_has_an_event() -> None:
    assert set(FUNCTIONS) == {name.partition(".")[0] for name in names()}


@pytest.mark.parametrize("name", HTTP_EVENTS)
def test_an_event_is_of_a_route_of_the_template(name: str) -> None:
    method, path = load(name).payload["routeKey"].split()

    assert re.search(rf'Method: {method}, Path: "?{re.escape(path)}"? ', TEMPLATE)


@pytest.mark.parametrize("name", HTTP_EVENTS)
def test_every_kept_event_is_answered(stack: Stack, name: str) -> None:
    event = load(name)
    if event.function == "sign-up-email":
        stack.database.execute('delete from "user"')
    if event.function == "sign-in-email":
        stack.answer(load("sign-up-email"))

    answer = stack.answer(event)

    assert answer.status == STATUSES.get(name, 200), answer
    assert_payload_2_0(answer, content_type(event.function))


@pytest.mark.parametrize("function", HTTP_FUNCTIONS)
def test_every_function_does_what_it_is_for(stack: Stack, function: str) -> None:
    somebody = Somebody(stack)

    answer = stack.answer(somebody.request(function))

    assert answer.status == somebody.status(function), answer
    assert_payload_2_0(answer, content_type(function))


def test_a_session_is_refreshed_by_post_where_that_is_put_off(make_stack: MakeStack) -> None:
    stack = make_stack(settings={"DEFER_SESSION_REFRESH": "true"})
    cookie = stack.signed_up(new_email()).session_cookie

    asked, refreshed = (stack.answer(load(name).cookies(cookie)) for name in ("get-session", "get-session.post"))

    assert (asked.status, asked.json["needsRefresh"]) == (200, False)
    assert (refreshed.status, refreshed.json["user"]) == (200, asked.json["user"])


def test_a_field_that_settings_declare_is_written(make_stack: MakeStack, own_database: Database) -> None:
    own_database.execute("alter table session add column theme text")
    stack = make_stack(
        database=own_database,
        settings={"SESSION_FIELDS": '{"theme":{"type":"string","required":false}}'},
    )
    cookie = stack.signed_up(new_email()).session_cookie

    answer = stack.answer(load("update-session").cookies(cookie).body({"theme": "dark"}))

    assert (answer.status, answer.json["session"]["theme"]) == (200, "dark")
    assert stack.answer(get_session(cookie)).json["session"]["theme"] == "dark"


def test_mailer_answers_its_queue_with_counts(stack: Stack) -> None:
    counts = stack.function("mailer").result(load("mailer").payload)

    assert set(counts) == {"sent", "retried", "dead", "complete"}


def test_cleanup_answers_its_schedule_with_counts(stack: Stack) -> None:
    counts = stack.function("cleanup").result(load("cleanup").payload)

    assert set(counts) == {"session", "verification", "rateLimit", "outbox", "complete"}
    assert counts["complete"] is True


def test_ok_and_health_say_so(stack: Stack) -> None:
    assert stack.answer(load("ok")).json == {"ok": True}
    assert stack.answer(load("health")).json == {"status": "ok"}


def test_a_sign_up_gives_token_user_and_cookie(stack: Stack) -> None:
    email = new_email()

    answer = stack.answer(sign_up(email, PASSWORD, name="Ada"))

    body = answer.json
    user = body["user"]
    assert list(body) == ["token", "user"]
    assert list(user) == ["name", "email", "emailVerified", "image", "createdAt", "updatedAt", "id"]
    assert (user["name"], user["email"], user["emailVerified"], user["image"]) == ("Ada", email, False, None)
    assert answer.headers["set-auth-token"].startswith(body["token"] + ".")
    assert answer.headers["access-control-expose-headers"] == "set-auth-token"
    (cookie,) = answer.cookies
    assert cookie.name == SESSION_COOKIE
    assert cookie.attributes == {"Max-Age": "604800", "Path": "/", "HttpOnly": "", "Secure": "", "SameSite": "Lax"}


def test_a_sign_in_that_is_not_to_be_remembered_sets_two_cookies(stack: Stack) -> None:
    email = new_email()
    stack.signed_up(email)

    answer = stack.signed_in(email, remember_me=False)

    assert_payload_2_0(answer)
    assert [cookie.name for cookie in answer.cookies] == [SESSION_COOKIE, DONT_REMEMBER_COOKIE]
    assert all("Max-Age" not in cookie.attributes for cookie in answer.cookies)


def test_a_sign_out_takes_three_cookies_away(stack: Stack) -> None:
    cookie = stack.signed_up(new_email()).session_cookie

    answer = stack.answer(sign_out(cookie))

    assert_payload_2_0(answer)
    assert answer.json == {"success": True}
    assert [cookie.name.rpartition(".")[2] for cookie in answer.cookies] == [
        "session_token",
        "session_data",
        "dont_remember",
    ]
    assert all(cookie.value == "" and cookie.attributes["Max-Age"] == "0" for cookie in answer.cookies)


def test_a_session_is_never_cached(stack: Stack) -> None:
    headers = stack.answer(get_session()).headers

    assert (headers["cache-control"], headers["pragma"]) == ("no-store", "no-cache")


def test_an_error_is_an_answer_like_any_other(stack: Stack) -> None:
    answer = stack.answer(sign_in(new_email(), PASSWORD))

    assert_payload_2_0(answer)
    assert answer.status == 401
    assert answer.json == {"message": "Invalid email or password", "code": "INVALID_EMAIL_OR_PASSWORD"}
    assert answer.cookies == []
