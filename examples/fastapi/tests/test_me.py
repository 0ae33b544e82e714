"""Who is signed in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from uuid import UUID

import httpx
import psycopg
import servers
from servers import Person, Server, me


def rows_of(db: psycopg.Connection, person: Person) -> int:
    row = db.execute("select count(*) from app_users where user_id = %s", [person.id]).fetchone()
    assert row is not None
    return int(row[0])


def test_the_first_sight_makes_a_row_and_later_ones_find_it(
    application: Server, db: psycopg.Connection, ada: Person
) -> None:
    assert rows_of(db, ada) == 0

    first = me(application, ada.by_cookie())
    second = me(application, ada.by_cookie())

    assert first.status_code == 200
    body = first.json()
    assert list(body) == ["id", "user_id", "email", "name", "created_at"]
    assert UUID(body["id"])
    assert datetime.fromisoformat(body["created_at"]).tzinfo
    assert (body["user_id"], body["email"], body["name"]) == (ada.id, ada.email, "Ada Lovelace")
    assert second.json() == body
    assert rows_of(db, ada) == 1


def test_cookie_and_either_bearer_token_are_the_same_user(application: Server, ada: Person) -> None:
    by_cookie = me(application, ada.by_cookie())
    by_signed_token = me(application, ada.by_bearer())
    by_bare_token = me(application, {"Authorization": f"bearer {ada.token}"})

    assert by_cookie.status_code == 200
    assert by_signed_token.json() == by_cookie.json()
    assert by_bare_token.json() == by_cookie.json()


def test_the_cookie_of_https_is_read(database_url: str, folder: Path) -> None:
    with (
        servers.latchkey(database_url, folder, PUBLIC_URL="https://auth.example.com") as auth,
        servers.application(database_url, auth.url + "/", folder) as application,
    ):
        ada = Person(auth)

        answer = me(application, ada.by_cookie())

    assert ada.cookie.startswith("__Secure-")
    assert answer.json()["user_id"] == ada.id


def test_fifty_first_requests_at_once_get_one_row(
    application: Server, db: psycopg.Connection, ada: Person
) -> None:
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: me(application, ada.by_bearer()), range(50)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert rows_of(db, ada) == 1


def test_a_new_name_arrives_with_the_next_request(application: Server, ada: Person) -> None:
    before = me(application, ada.by_cookie()).json()
    ada.post("/update-user", name="Ada King")

    after = me(application, ada.by_cookie()).json()

    assert after == {**before, "name": "Ada King"}


def test_deleting_the_user_at_latchkey_deletes_the_row(
    application: Server, db: psycopg.Connection, ada: Person
) -> None:
    me(application, ada.by_cookie())
    assert rows_of(db, ada) == 1

    ada.post("/delete-user", password=ada.password)

    assert rows_of(db, ada) == 0
    assert me(application, ada.by_cookie()).status_code == 401
    assert rows_of(db, ada) == 0


def test_health_answers(application: Server) -> None:
    answer = httpx.get(f"{application.url}/health")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
