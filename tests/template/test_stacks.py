"""Every check holds of a stack of every kind."""

from collections.abc import Callable, Iterator

import pytest

from checks import CHECKS, OUR_METRICS, ROUTES
from transformed import ROOT, Template
from variants import VARIANTS


@pytest.fixture(scope="module")
def templates() -> dict[str, Template]:
    """The stack of each set of parameters."""
    return {name: Template(parameters) for name, parameters in VARIANTS.items()}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_it_holds(
    templates: dict[str, Template], variant: str, check: Callable[[Template], Iterator[str]]
) -> None:
    assert list(check(templates[variant])) == []


@pytest.mark.parametrize("variant", VARIANTS)
def test_cloudformation_takes_the_parameters(templates: dict[str, Template], variant: str) -> None:
    assert templates[variant].rule_violations() == []


def test_the_table_of_routes_was_found() -> None:
    assert len(ROUTES) > 20
    assert ROUTES["get_session"] == {"GET /api/auth/get-session", "GET /api/auth/session", "POST /api/auth/get-session"}


def test_the_functions_write_the_metrics_that_alarms_watch() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "functions").rglob("*.rs"))

    assert {name for _, name in OUR_METRICS if f'"{name}"' not in sources} == set()
