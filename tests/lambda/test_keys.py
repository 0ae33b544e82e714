"""A signing secret that is a list of keys: a rotation signs nobody out."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from answer import SESSION_COOKIE, signed_cookie
from events import get_session, new_email
from stack import MakeStack, Stack, new_secret

OLDEST, OLDER, CURRENT, COMING = (new_secret() for _ in range(4))


def instant(days: int) -> str:
    """An instant some days from now."""
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def key(version: int, value: str, signs_from: str | None, accepted_until: str | None) -> dict[str, object]:
    """One key of the list."""
    return {"version": version, "value": value, "signs_from": signs_from, "accepted_until": accepted_until}


@pytest.fixture
def rotating(make_stack: MakeStack) -> Stack:
    """A stack in the midst of a rotation. The list is in no order."""
    return make_stack(
        secret=json.dumps(
            [
                key(3, CURRENT, instant(-1), None),
                key(1, OLDEST, None, instant(-2)),
                key(4, COMING, instant(+1), None),
                key(2, OLDER, instant(-30), instant(+7)),
            ]
        )
    )


def test_the_newest_key_whose_time_has_come_signs(rotating: Stack) -> None:
    signed_up = rotating.signed_up(new_email())

    cookie = signed_up.cookie(SESSION_COOKIE)
    assert cookie.is_signed_with(CURRENT)
    assert rotating.answer(get_session(cookie.pair)).json["user"] == signed_up.json["user"]


def test_a_cookie_of_an_older_key_is_still_good(rotating: Stack) -> None:
    signed_up = rotating.signed_up(new_email())

    cookie = signed_cookie(signed_up.json["token"], OLDER)

    assert rotating.answer(get_session(cookie)).json["user"] == signed_up.json["user"]


@pytest.mark.parametrize("secret", [OLDEST, new_secret()], ids=["past_its_time", "unknown"])
def test_a_cookie_of_any_other_key_is_not(rotating: Stack, secret: str) -> None:
    token = rotating.signed_up(new_email()).json["token"]

    assert rotating.answer(get_session(signed_cookie(token, secret))).json is None


def test_a_plain_secret_may_become_the_first_key_of_a_list(make_stack: MakeStack) -> None:
    plain, new = new_secret(), new_secret()
    before = make_stack(secret=plain)
    after = make_stack(secret=json.dumps([key(1, plain, None, instant(+7)), key(2, new, instant(-1), None)]))
    cookie = before.signed_up(new_email()).cookie(SESSION_COOKIE)
    user = after.signed_up(new_email()).json

    assert cookie.is_signed_with(plain)
    assert after.answer(get_session(signed_cookie(user["token"], plain))).json["user"] == user["user"]
