"""What schemathesis loads: where the requests are to be Ada's, they are, and what the last one ended is there again."""

import itertools
import os
from typing import Any

import psycopg
import schemathesis

import ada

IS_SIGNED_IN = os.environ["LATCHKEY_SIGNED_IN"] == "true"
calls = itertools.count()
db = psycopg.connect(os.environ["LATCHKEY_DATABASE"], autocommit=True)


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    if IS_SIGNED_IN:
        ada.restore(db)
        # By cookie and by bearer token in turn: of both in one request the token counts.
        shown, other = ("Cookie", "Authorization") if next(calls) % 2 else ("Authorization", "Cookie")
        case.headers[shown] = {"Cookie": ada.COOKIE, "Authorization": f"Bearer {ada.TOKEN}"}[shown]
        case.headers.pop(other, None)
        case.cookies = {}
        case.headers["Origin"] = os.environ["LATCHKEY_URL"]
    # Where a redirect leads is not the service's answer.
    kwargs["allow_redirects"] = False


@schemathesis.check
def session_counts(context: Any, response: Any, case: Any) -> None:
    """A run whose session does not count would see nothing but 401, all of it described."""
    if IS_SIGNED_IN and response.status_code == 401:
        assert response.json().get("code") != "UNAUTHORIZED", "Ada is turned away"
