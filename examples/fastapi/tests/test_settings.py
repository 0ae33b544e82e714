"""The environment: origins, and what stops the start."""

from pathlib import Path

import httpx
import pytest
import servers
from servers import DidNotStart, Person, Server


@pytest.mark.parametrize("origin", ["http://localhost:3000", "https://app.example.com"])
def test_pages_of_a_known_origin_may_call_with_cookies(
    application: Server, ada: Person, origin: str
) -> None:
    answer = httpx.get(f"{application.url}/me", headers={**ada.by_cookie(), "Origin": origin})
    refusal = httpx.get(f"{application.url}/me", headers={"Origin": origin})

    for known in (answer, refusal):
        assert known.headers["access-control-allow-origin"] == origin
        assert known.headers["access-control-allow-credentials"] == "true"
        assert "Origin" in known.headers["vary"]
    assert (answer.status_code, refusal.status_code) == (200, 401)


def test_pages_of_another_origin_learn_nothing(application: Server, ada: Person) -> None:
    asks = {"Origin": "http://localhost:3001", "Access-Control-Request-Method": "GET"}

    answer = httpx.get(f"{application.url}/me", headers={**ada.by_cookie(), **asks})
    preflight = httpx.options(f"{application.url}/me", headers=asks)

    assert "access-control-allow-origin" not in answer.headers
    assert "access-control-allow-origin" not in preflight.headers
    assert preflight.status_code == 400


def test_a_preflight_allows_a_bearer_token(application: Server) -> None:
    asks = {
        "Origin": "http://localhost:3000",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }

    answer = httpx.options(f"{application.url}/me", headers=asks)

    assert answer.status_code == 200
    assert "authorization" in answer.headers["access-control-allow-headers"].lower()


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"CORS_ORIGIN": "*"}, ["cors_origin", "origins have to be exact"]),
        ({"DATABASE_URL": ""}, ["database_url", "required"]),
    ],
)
def test_a_bad_setting_stops_the_start_and_is_named(
    database_url: str, folder: Path, settings: dict[str, str], names: list[str]
) -> None:
    settings = {"DATABASE_URL": database_url, **settings}
    with pytest.raises(DidNotStart) as failure:  # noqa: SIM117
        with servers.application(
            settings.pop("DATABASE_URL"), "http://127.0.0.1:1", folder, **settings
        ):
            pass

    for name in names:
        assert name in str(failure.value)
