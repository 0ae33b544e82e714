"""Logs are JSON lines that name request and route, and never a URL, cookie, token, password or secret."""

import json
from typing import Any

import pytest

from emulator import Function
from events import load
from marks import marked
from somebody import Somebody
from stack import HTTP_FUNCTIONS, OTHER_FUNCTIONS, Stack


def lines_of(function: Function, request_id: str) -> list[dict[str, Any]]:
    """The lines that a request left."""
    return [line for line in function.log_lines() if request_id in json.dumps(line)]


@pytest.mark.parametrize("function", HTTP_FUNCTIONS)
def test_a_request_leaves_a_line_with_its_id_and_its_route(stack: Stack, function: str) -> None:
    answer = stack.answer(Somebody(stack).request(function))

    lines = lines_of(stack.function(function), answer.headers["x-request-id"])
    routes = {function, function.replace("-", "_")}
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


@pytest.mark.parametrize("function", OTHER_FUNCTIONS)
def test_what_no_gateway_calls_logs_what_it_did(stack: Stack, function: str) -> None:
    stack.function(function).result(load(function).payload)

    did = "applied" if function == "migrate" else "complete"
    assert did in stack.function(function).log_lines()[-1]


def without_address(line: str) -> str:
    """A line without the client's address, which audit events are there to tell, in that field alone."""
    read = json.loads(line) if line else {}
    address = read.get("ip_address") if "audit" in read else None
    return line.replace(f'"ip_address":{json.dumps(address)}', "") if address else line


@pytest.mark.runs_last
def test_every_line_of_the_run_is_json_with_time_and_level(every_function: list[Function]) -> None:
    lines = [line for function in every_function for line in function.log_lines()]

    assert len(lines) > 100
    assert all(line["level"] and line["timestamp"] for line in lines)


@pytest.mark.runs_last
def test_nothing_of_the_run_that_is_secret_was_logged(every_function: list[Function]) -> None:
    # As it stands and as JSON spells it.
    marks = {form for mark in marked() for form in (mark, json.dumps(mark)[1:-1])}
    logs = {function: [without_address(line) for line in function.log().splitlines()] for function in every_function}

    logged = {mark for log in logs.values() for mark in marks if mark in "\n".join(log)}
    lines = [(function.name, line) for function, log in logs.items() for line in log]
    found = [(name, line) for name, line in lines if any(mark in line for mark in logged)]

    assert len(marks) > 1000
    assert found == []
