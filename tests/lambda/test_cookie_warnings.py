"""A cold start of sign-in says in the log which pages no cookie will reach, and why; the others need not repeat it."""

import pytest

from events import load
from stack import MakeStack, Stack

SITE = "https://accounts.example.org"


def warnings(stack: Stack, name: str = "sign-in-email") -> list[str]:
    """What a function warns of until its first answer."""
    function = stack.start(name)
    function.result(load(name).payload)
    return [line["message"] for line in function.log_lines() if line["level"] == "WARN"]


def test_pages_of_another_site_are_named_once(make_stack: MakeStack) -> None:
    pages = "https://www.example.org,https://portal.example.net"
    (warning,) = warnings(make_stack(settings={"PUBLIC_URL": SITE, "CORS_ORIGIN": pages}))

    assert "pages of https://portal.example.net:" in warning
    assert SITE in warning
    assert '{"sameSite":"none"}' in warning


def test_without_a_public_url_every_page_is_of_another_site(make_stack: MakeStack) -> None:
    (warning,) = warnings(make_stack(settings={"CORS_ORIGIN": "https://portal.example.net"}))

    assert "PUBLIC_URL is not set" in warning


def test_a_domain_that_is_not_the_services_is_named(make_stack: MakeStack) -> None:
    domain = {"CROSS_SUB_DOMAIN_COOKIES": "true", "COOKIE_DOMAIN": "example.com"}
    (warning,) = warnings(make_stack(settings={"PUBLIC_URL": SITE, **domain}))

    assert "example.com does not cover" in warning


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"PUBLIC_URL": SITE, "CORS_ORIGIN": "https://www.example.org"},
        {"CORS_ORIGIN": "https://portal.example.net", "COOKIE_ATTRIBUTES": '{"sameSite":"none"}'},
    ],
    ids=["defaults", "one_site", "same_site_none"],
)
def test_what_works_is_not_warned_of(make_stack: MakeStack, settings: dict[str, str]) -> None:
    assert warnings(make_stack(settings=settings)) == []


def test_other_functions_do_not_repeat_it(make_stack: MakeStack) -> None:
    stack = make_stack(settings={"PUBLIC_URL": SITE, "CORS_ORIGIN": "https://portal.example.net"})

    assert [warnings(stack, name) for name in ("get-session", "sign-out")] == [[], []]
