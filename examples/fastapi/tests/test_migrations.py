"""The table of the application, in the database of Latchkey."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import servers
from servers import EXAMPLE

OURS = {"app_users", "alembic_version"}


@pytest.fixture
def fresh_url(folder: Path) -> Iterator[str]:
    """A database that Latchkey has migrated and we have not."""
    with servers.database() as url:
        with servers.latchkey(url, folder):
            pass
        yield url


def alembic(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "alembic", *arguments],
        cwd=EXAMPLE,
        env={
            "PATH": os.environ["PATH"],
            "DATABASE_URL": url,
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        timeout=60,
    )


def schema(url: str) -> dict[str, list[tuple[str, ...]]]:
    """The columns, constraints and indexes of each table."""
    queries = [
        """select table_name, column_name, data_type, is_nullable, coalesce(column_default, '')
             from information_schema.columns where table_schema = 'public'""",
        """select conrelid::regclass::text, conname, pg_get_constraintdef(oid)
             from pg_constraint where connamespace = 'public'::regnamespace""",
        "select tablename, indexname, indexdef from pg_indexes where schemaname = 'public'",
    ]
    tables: dict[str, list[tuple[str, ...]]] = {}
    with psycopg.connect(url) as db:
        for query in queries:
            for table, *rest in db.execute(query):
                tables.setdefault(table.strip('"'), []).append(tuple(rest))
    return {table: sorted(described) for table, described in tables.items()}


def test_they_leave_the_tables_of_latchkey_alone(fresh_url: str) -> None:
    before = schema(fresh_url)

    assert alembic(fresh_url, "upgrade", "head").returncode == 0
    after = schema(fresh_url)
    assert alembic(fresh_url, "downgrade", "base").returncode == 0

    assert "user" in before
    assert after.keys() - before.keys() == OURS
    assert {table: after[table] for table in before} == before
    assert {table: it for table, it in schema(fresh_url).items() if table not in OURS} == before


def test_they_make_what_the_models_say_and_propose_nothing_else(fresh_url: str) -> None:
    assert alembic(fresh_url, "upgrade", "head").returncode == 0

    check = alembic(fresh_url, "check")

    assert check.returncode == 0, check.stdout + check.stderr


def test_several_may_start_at_once(fresh_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: alembic(fresh_url, "upgrade", "head"), range(4)))

    assert [run.returncode for run in runs] == [0] * 4, [run.stderr for run in runs]
