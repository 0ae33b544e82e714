"""How often one address may ask: on by default, counted in Postgres for all instances, by the gateway's word."""

import pytest

from events import SOURCE_IP, Event, load, new_email, sign_in
from postgres import Database
from stack import EVERYTHING, PASSWORD, MakeStack, Stack
from webhook import Webhook

OTHER_IP = "198.51.100.24"


@pytest.fixture
def limited(make_stack: MakeStack, own_database: Database, webhook: Webhook) -> Stack:
    """A deployment as the template makes it: it says nothing of limits."""
    settings = EVERYTHING | {"RATE_LIMIT_ENABLED": None}
    return make_stack(database=own_database, settings=settings, webhook=webhook)


def coming_from(event: Event, address: str) -> Event:
    """The same from another address."""
    changed = event.headers({"x-forwarded-for": address})
    changed.payload["requestContext"]["http"]["sourceIp"] = address
    return changed


def test_the_fourth_sign_in_in_ten_seconds_is_one_too_many(limited: Stack) -> None:
    email = new_email()
    limited.signed_up(email)

    answers = [limited.answer(sign_in(email, PASSWORD)) for _ in range(4)]

    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert answers[3].json == {"message": "Too many requests. Please try again later."}
    assert 1 <= int(answers[3].headers["x-retry-after"]) <= 10
    assert answers[3].cookies == []
    assert limited.answer(coming_from(sign_in(email, PASSWORD), OTHER_IP)).status == 200


def test_no_header_gives_another_address(limited: Stack) -> None:
    forged = [
        {"x-forwarded-for": "198.51.100.1"},
        {"x-forwarded-for": f"198.51.100.2, {SOURCE_IP}"},
        {"x-forwarded-for": "", "x-real-ip": "198.51.100.3", "cf-connecting-ip": "198.51.100.3"},
        {"x-forwarded-for": "198.51.100.4", "forwarded": "for=198.51.100.4", "true-client-ip": "198.51.100.4"},
    ]

    statuses = [limited.answer(sign_in(new_email(), PASSWORD).headers(headers)).status for headers in forged]

    assert statuses == [401, 401, 401, 429]


def test_instances_count_together(limited: Stack) -> None:
    instances = [limited.start("sign-in-email") for _ in range(4)]

    statuses = [instance.answer(sign_in(new_email(), PASSWORD)).status for instance in instances]

    assert statuses == [401, 401, 401, 429]


def test_addresses_of_one_ipv6_network_count_together(limited: Stack) -> None:
    events = [coming_from(sign_in(new_email(), PASSWORD), f"2001:db8:1:2::{n}") for n in range(4)]

    assert [limited.answer(event).status for event in events] == [401, 401, 401, 429]


@pytest.mark.parametrize("function", ["sign-up-email", "request-password-reset", "send-verification-email"])
def test_what_makes_an_account_or_a_mail_is_limited_too(limited: Stack, function: str) -> None:
    bodies = [{"name": "x", "email": new_email(), "password": PASSWORD} for _ in range(4)]

    statuses = [limited.answer(load(function).body(body)).status for body in bodies]

    assert statuses == [200, 200, 200, 429]


def test_what_guards_nothing_is_not_limited(limited: Stack) -> None:
    for name in ("get-session", "ok", "health", "error"):
        assert [limited.answer(load(name)).status for _ in range(6)] == [200] * 6, name


def test_one_accounts_password_is_not_guessed_from_many_addresses(limited: Stack) -> None:
    email = new_email()
    limited.signed_up(email)

    guesses = [limited.answer(coming_from(sign_in(email, "wrong horse"), f"198.51.100.{n}")) for n in range(12)]

    assert [guess.status for guess in guesses] == [401] * 10 + [429] * 2
