"""Events of tests/events, handed to their functions by the SAM CLI."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from client import Client
from conftest import PUBLIC_URL, Deployment
from events import FOLDER, names, new_email
from sam import Local
from stack import HTTP_FUNCTIONS, PASSWORD

HTTP_EVENTS = [name for name in names() if name.partition(".")[0] in HTTP_FUNCTIONS]
# A warm function takes a second to answer, in which the SAM CLI sleeps.
AT_ONCE = 6


@pytest.fixture(scope="module")
def answers(deployment: Deployment, functions: Local) -> dict[str, dict[str, Any]]:
    """The answers to all events of the gateway, by file: each file's bytes are what its function is invoked with."""

    def answer(name: str) -> Any:
        function = deployment.template.functions[name.partition(".")[0]]
        connection = HTTPConnection(*functions.address, timeout=120)
        connection.request(
            "POST", f"/2015-03-31/functions/{function}/invocations", (FOLDER / f"{name}.json").read_bytes()
        )
        text = connection.getresponse().read()
        connection.close()
        return json.loads(text)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(HTTP_EVENTS, pool.map(answer, HTTP_EVENTS), strict=True))


@pytest.mark.parametrize("name", HTTP_EVENTS)
def test_an_event_is_answered(answers: dict[str, dict[str, Any]], name: str) -> None:
    answer = answers[name]

    assert 200 <= answer["statusCode"] < 500, answer
    assert answer["headers"]["x-request-id"]


def test_a_body_in_base64_is_read(answers: dict[str, dict[str, Any]]) -> None:
    answer = answers["sign-up-email.base64"]

    assert json.loads(answer["body"])["user"]["email"] == "grace@example.com"
    assert any(cookie.startswith("__Secure-better-auth.session_token=") for cookie in answer["cookies"])


# A reader, one that hashes, and one that wakes the mailer.
@pytest.mark.parametrize("name", ["get-session", "sign-up-email.non-ascii", "request-password-reset"])
def test_an_event_can_be_tried_by_hand(deployment: Deployment, answers: dict[str, dict[str, Any]], name: str) -> None:
    answer = deployment.invoke(name.partition(".")[0], FOLDER / f"{name}.json")

    # For the second time, and an address signs up once.
    assert (answers[name]["statusCode"], answer["statusCode"]) == (200, 422 if name.startswith("sign-up") else 200)


def test_the_mailer_runs_with_nothing_to_send(deployment: Deployment) -> None:
    deployment.database.execute("delete from latchkey_outbox")

    assert deployment.invoke("mailer", FOLDER / "mailer.json")["sent"] == 0


def test_the_cleanup_deletes_what_has_expired(deployment: Deployment) -> None:
    deployment.database.execute(
        'insert into verification (id, identifier, value, "expiresAt") values'
        " ('old', 'a', 'b', now() - interval '1 day'), ('new', 'c', 'd', now() + interval '1 day')"
    )

    report = deployment.invoke("cleanup", FOLDER / "cleanup.json")

    assert report["complete"] is True
    assert deployment.database.rows("select id from verification where id in ('old', 'new')") == [("new",)]


def test_a_forgotten_password_is_replaced_by_mail(deployment: Deployment, client: Client) -> None:
    email, new_password = new_email(), "battery staple horse correct"
    client.post("/sign-up/email", {"name": "Ada", "email": email, "password": PASSWORD})
    deployment.queue.clear()

    asked = client.post("/request-password-reset", {"email": email, "redirectTo": "/new-password"})
    rung = deployment.queue.take()
    event = deployment.sam.home / "rung.json"
    event.write_text(json.dumps(rung))
    report = deployment.invoke("mailer", event)
    (link,) = re.findall(rf"{PUBLIC_URL}/api/auth/reset-password/\S+", deployment.sent_mails()[-1])
    opened = client.send("GET", link.removeprefix(PUBLIC_URL))
    (token,) = parse_qs(urlsplit(opened.header("location") or "").query)["token"]
    reset = client.post("/reset-password", {"newPassword": new_password, "token": token})

    assert asked.json["status"] is True
    assert rung is not None, "nobody woke the mailer"
    assert report["sent"] == 1
    assert (reset.status, reset.json) == (200, {"status": True})
    assert client.post("/sign-in/email", {"email": email, "password": PASSWORD}).status == 401
    assert client.post("/sign-in/email", {"email": email, "password": new_password}).status == 200
