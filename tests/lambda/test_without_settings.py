"""`ok` and `health` answer while everything else is away: they read neither secret nor database."""

import pytest

from events import load
from secrets_manager import SecretsManager
from stack import WITHOUT_SETTINGS, MakeStack

NONE = {
    name: None
    for name in (
        "BETTER_AUTH_SECRET_ARN",
        "DATABASE_URL_ARN",
        "AWS_ENDPOINT_URL",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LOG_LEVEL",
        "METRICS_SERVICE",
    )
}


@pytest.mark.parametrize("name", WITHOUT_SETTINGS)
def test_it_starts_without_any_setting(make_stack: MakeStack, name: str) -> None:
    assert make_stack(settings=NONE).answer(load(name)).status == 200


@pytest.mark.parametrize("name", WITHOUT_SETTINGS)
def test_it_asks_for_no_secret_and_no_connection(
    make_stack: MakeStack, secrets_manager: SecretsManager, name: str
) -> None:
    stack = make_stack()
    stack.database_gate.refuse()

    answers = [stack.answer(load(name)) for _ in range(3)]

    assert [answer.status for answer in answers] == [200] * 3
    assert secrets_manager.requests == []
