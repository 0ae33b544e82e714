"""What changes something, or is turned away, leaves one audit event: who, what, from where, with what outcome."""

import pytest

from events import SOURCE_IP, load, new_email, sign_in
from somebody import Somebody
from stack import HTTP_FUNCTIONS, MakeStack, Stack

# These read, and so leave no event unless they refuse.
READERS = ("get-session", "list-sessions", "list-accounts", "error", "ok", "health")
WRITERS = tuple(name for name in HTTP_FUNCTIONS if name not in READERS)
# Named after what they do, where that is not their own name.
NAMES = {"sign-up-email": "sign_up", "sign-in-email": "sign_in", "delete-user-callback": "delete_user"} | {
    "change-email": "request_email_change",
    "delete-user": "request_user_deletion",
}


@pytest.mark.parametrize("function", WRITERS)
def test_a_change_leaves_one_event(stack: Stack, function: str) -> None:
    somebody = Somebody(stack)
    answer = stack.answer(somebody.request(function))

    request_id = answer.headers["x-request-id"]
    events = [event for event in stack.function(function).audit_events() if event["spans"][0]["id"] == request_id]
    (event,) = events
    # update-session has no fields to write here.
    outcome = "failure" if Somebody.status(function) >= 400 else "success"
    assert (event["audit"], event["outcome"]) == (NAMES.get(function, function.replace("-", "_")), outcome)
    assert event["ip_address"] == SOURCE_IP
    assert event["level"] == "INFO" and event["timestamp"]
    # Asked for by address alone, or made by the request itself.
    if function not in ("request-password-reset", "send-verification-email", "sign-up-email"):
        assert event["user_id"] == somebody.id


@pytest.mark.parametrize("function", READERS)
def test_reading_leaves_none(stack: Stack, function: str) -> None:
    answer = stack.answer(Somebody(stack).request(function))

    lines = stack.function(function).log_lines()
    ours = [line for line in lines if line.get("spans", [{}])[0].get("id") == answer.headers["x-request-id"]]
    assert len(ours) == 1 and "audit" not in ours[0]


def test_guesses_at_one_address_can_be_counted(stack: Stack) -> None:
    email = new_email()
    stack.signed_up(email)
    before = len(stack.function("sign-in-email").audit_events())

    for address in (email, email.upper(), new_email()):
        stack.answer(sign_in(address, "wrong password"))

    events = stack.function("sign-in-email").audit_events()[before:]
    assert [(event["outcome"], event["code"]) for event in events] == [("failure", "INVALID_EMAIL_OR_PASSWORD")] * 3
    keys = [event["account_key"] for event in events]
    assert keys[0] == keys[1] != keys[2]
    assert ["user_id" in event for event in events] == [True, True, False]


def test_a_quiet_log_still_has_the_events(make_stack: MakeStack) -> None:
    stack = make_stack(settings={"LOG_LEVEL": "error"})

    answer = stack.answer(load("sign-out"))

    (line,) = stack.function("sign-out").log_lines()
    assert (line["audit"], line["spans"][0]["id"]) == ("sign_out", answer.headers["x-request-id"])
