"""A missing or malformed setting stops the start, and the log says which, and what to do."""

import json

import pytest

from events import load
from marks import mark
from secrets_manager import SecretsManager
from stack import NEEDY, MakeStack

# Never to be repeated in a log.
HUSH = mark("hush-hush-hush-hush-hush-hush")
OPENSSL = "openssl rand -base64 32"

REFUSED_SECRETS = {
    "a_placeholder": f"<{HUSH}>",
    "the_well_known_default": "better-auth-secret-12345678901234567890",
    "nothing": " ",
    "a_placeholder_in_a_list": json.dumps([{"version": 1, "value": f"<{HUSH}>"}]),
    "an_empty_list": "[]",
}

REFUSED_LISTS = {
    "no_value": json.dumps([{"version": 1}]),
    "two_of_one_version": json.dumps([{"version": 1, "value": HUSH}, {"version": 1, "value": HUSH + "!"}]),
    "no_instant": json.dumps([{"version": 1, "value": HUSH, "signs_from": "soon"}]),
}


@pytest.mark.parametrize("name", [*NEEDY, "mailer"])
def test_without_a_secrets_arn_no_function_starts(make_stack: MakeStack, name: str) -> None:
    stack = make_stack(settings={"BETTER_AUTH_SECRET_ARN": None})

    assert "BETTER_AUTH_SECRET_ARN" in stack.start(name).refuses_to_start(load(name).payload)


@pytest.mark.parametrize("name", [*NEEDY, "mailer", "cleanup"])
def test_without_a_databases_arn_no_function_starts(make_stack: MakeStack, name: str) -> None:
    stack = make_stack(settings={"DATABASE_URL_ARN": None})

    assert "DATABASE_URL_ARN" in stack.start(name).refuses_to_start(load(name).payload)


@pytest.mark.parametrize("secret", REFUSED_SECRETS.values(), ids=REFUSED_SECRETS.keys())
def test_a_secret_that_protects_nothing_is_refused_with_the_cure(make_stack: MakeStack, secret: str) -> None:
    log = make_stack(secret=secret).start("sign-in-email").refuses_to_start(load("sign-in-email").payload)

    assert "BETTER_AUTH_SECRET" in log
    assert OPENSSL in log
    assert HUSH not in log
    assert "12345678901234567890" not in log


@pytest.mark.parametrize("secret", REFUSED_LISTS.values(), ids=REFUSED_LISTS.keys())
def test_a_list_that_is_no_list_of_keys_is_refused(make_stack: MakeStack, secret: str) -> None:
    log = make_stack(secret=secret).start("get-session").refuses_to_start(load("get-session").payload)

    assert "BETTER_AUTH_SECRET" in log
    assert HUSH not in log


@pytest.mark.parametrize("name", ["get-session", "cleanup"])
@pytest.mark.parametrize(
    "url",
    ["", f"mysql://root:{HUSH}@db/app", f"no url but {HUSH}", "<postgres-url>"],
    ids=["empty", "mysql", "text", "placeholder"],
)
def test_a_database_url_that_is_none_is_refused(
    make_stack: MakeStack, secrets_manager: SecretsManager, name: str, url: str
) -> None:
    stack = make_stack()
    secrets_manager.secrets[stack.database_arn] = url

    log = stack.start(name).refuses_to_start(load(name).payload)

    assert "DATABASE_URL" in log
    assert HUSH not in log


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_URL", "auth.example.com"),
        ("PUBLIC_URL", "https://auth.example.com/?x=1"),
        ("CORS_ORIGIN", "*"),
        ("CORS_ORIGIN", "https://app.example.com/path"),
        ("PASSWORD_HASH", "md5"),
        ("DUMMY_HASH", "bcrypt"),
        ("SESSION_EXPIRES_IN", "a week"),
        ("MIN_PASSWORD_LENGTH", "-1"),
        ("BEARER_REQUIRE_SIGNATURE", "maybe"),
    ],
)
def test_a_malformed_setting_is_named(make_stack: MakeStack, name: str, value: str) -> None:
    log = make_stack(settings={name: value}).start("sign-in-email").refuses_to_start(load("sign-in-email").payload)

    assert name in log


def test_what_the_databases_url_holds_too_much_is_not_repeated(
    make_stack: MakeStack, secrets_manager: SecretsManager
) -> None:
    stack = make_stack()
    secrets_manager.secrets[stack.database_arn] += f"?passwordOfYesterday={HUSH}"

    assert stack.answer(load("get-session")).status == 200
    assert HUSH not in stack.function("get-session").log()


def test_a_short_secret_warns_and_works(make_stack: MakeStack) -> None:
    stack = make_stack(secret=mark("only-17-characters"))

    assert stack.answer(load("get-session")).status == 200
    assert any(
        line["level"] == "WARN" and "32" in json.dumps(line) for line in stack.function("get-session").log_lines()
    )
