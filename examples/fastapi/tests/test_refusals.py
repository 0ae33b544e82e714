"""401: whom the application does not believe."""

import pytest
from servers import Person, Server, me, says

INVALID = (401, "Invalid session")


def test_nobody(application: Server) -> None:
    answer = me(application)

    assert says(answer) == (401, "Not signed in")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert says(me(application, {"Cookie": "theme=dark"})) == (401, "Not signed in")


@pytest.mark.parametrize("header", ["Basic YWRhOmFkYQ==", "Bearer", "nonsense"])
def test_another_kind_of_authorization(application: Server, ada: Person, header: str) -> None:
    answer = me(application, {**ada.by_cookie(), "Authorization": header})

    assert says(answer) == (401, "Invalid authorization header")


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer unknown"},
        {"Authorization": "Bearer forged.c2lnbmF0dXJl"},
        {"Authorization": b"Bearer \xe4\xf6\xfc"},
        {"Cookie": "better-auth.session_token=forged.c2lnbmF0dXJl"},
        {"Cookie": "better-auth.session_token="},
        {"Cookie": r'better-auth.session_token="\012\015"'},
        {"Cookie": b"better-auth.session_token=\xe4\xf6\xfc"},
    ],
)
def test_what_proves_nothing(application: Server, headers: dict[str, str]) -> None:
    assert says(me(application, headers)) == INVALID


def test_a_bad_bearer_token_beside_a_good_cookie(application: Server, ada: Person) -> None:
    answer = me(application, {**ada.by_cookie(), "Authorization": "Bearer forged.c2lnbmF0dXJl"})

    assert says(answer) == INVALID


def test_a_session_that_was_signed_out(application: Server, ada: Person) -> None:
    assert me(application, ada.by_cookie()).status_code == 200
    ada.post("/sign-out")

    assert says(me(application, ada.by_cookie())) == INVALID
    assert says(me(application, ada.by_bearer())) == INVALID
