"""Logs are JSON lines that name request and route, and never a URL, cookie, token, password or secret."""

import json
from typing import Any

import pytest

from emulator import Function
from events import get_session, load, new_email, sign_in, sign_out, sign_up
from marks import marked
from stack import PASSWORD, Stack


def lines_of(function: Function, request_id: str) -> list[dict[str, Any]]:
    """The lines that a request left."""
    return [line for line in function.log_lines() if request_id in json.dumps(line)]


@pytest.mark.parametrize(
    ("event", "status"),
    [
        (sign_up(new_email(), PASSWORD), 200),
        (sign_in(new_email(), PASSWORD), 401),
        (get_session(), 200),
        (sign_out(), 200),
        (load("ok"), 200),
        (load("health"), 200),
    ],
    ids=lambda value: getattr(value, "function", None),
)
def test_a_request_leaves_a_line_with_its_id_and_its_route(stack: Stack, event: Any, status: int) -> None:
    answer = stack.answer(event)

    lines = lines_of(stack.function(event.function), answer.headers["x-request-id"])
    routes = {event.function, event.function.replace("-", "_")}
    assert answer.status == status
    assert any(routes & set(strings(line)) for line in lines), lines


def strings(value: Any) -> list[str]:
    """All texts in a JSON value."""
    if isinstance(value, dict):
        return [text for item in value.values() for text in strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else []


def test_two_requests_have_two_ids(stack: Stack) -> None:
    ids = [stack.answer(load("ok")).headers["x-request-id"] for _ in range(2)]

    assert ids[0] != ids[1]


def test_a_cleanup_logs_what_it_did(stack: Stack) -> None:
    stack.function("cleanup").result(load("cleanup").payload)

    assert stack.function("cleanup").log_lines()


@pytest.mark.runs_last
def test_every_line_of_the_run_is_json_with_time_and_level(every_function: list[Function]) -> None:
    lines = [line for function in every_function for line in function.log_lines()]

    assert len(lines) > 100
    assert all(line["level"] and line["timestamp"] for line in lines)


@pytest.mark.runs_last
def test_nothing_of_the_run_that_is_secret_was_logged(every_function: list[Function]) -> None:
    # As it stands and as JSON spells it.
    marks = {form for mark in marked() for form in (mark, json.dumps(mark)[1:-1])}
    logs = {function: function.log() for function in every_function}

    logged = {mark for log in logs.values() for mark in marks if mark in log}
    lines = [(function.name, line) for function, log in logs.items() for line in log.splitlines()]
    found = [(name, line) for name, line in lines if any(mark in line for mark in logged)]

    assert len(marks) > 300
    assert found == []
