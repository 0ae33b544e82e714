"""examples/compose.yaml, read by Docker Compose with the seed's `.env`."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import tools
from conftest import TEMPLATE

# Of the examples beside it; the image of the auth server is built in test_image.py.
EXAMPLES = {"backend": "fastapi", "frontend": "react"}


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], str]:
    """What Compose makes of the file, and what it warns of."""
    return tools.read_by_compose(TEMPLATE, tmp_path_factory.mktemp("compose"))


@pytest.fixture(scope="module")
def services(read: tuple[dict[str, Any], str]) -> dict[str, dict[str, Any]]:
    """The services by their names."""
    return read[0]["services"]


def ports(service: dict[str, Any]) -> set[int]:
    """The ports at which this machine offers a service; the container's are the same."""
    assert all(int(port["published"]) == int(port["target"]) for port in service["ports"] if isinstance(port, dict))
    return {int(port["published"]) if isinstance(port, dict) else int(port.split(":")[1]) for port in service["ports"]}


def variables() -> dict[str, str]:
    """The template's."""
    return dict(line.split("=", 1) for line in TEMPLATE.splitlines() if "=" in line)


def test_compose_reads_it_without_a_warning(read: tuple[dict[str, Any], str]) -> None:
    compose, warned = read

    assert warned == ""
    assert set(compose["services"]) == {"postgres", "mailpit", "auth-server", *EXAMPLES}


def test_services_are_where_the_template_says(services: dict[str, dict[str, Any]]) -> None:
    template = variables()
    expected = {"auth-server": "PUBLIC_URL", "backend": "VITE_API_URL", "frontend": "CORS_ORIGIN"}

    for name, url in expected.items():
        assert ports(services[name]) == {urlsplit(template[url]).port}, name
    assert urlsplit(template["AUTH_SERVER_URL"]).hostname in services
    database, postgres = urlsplit(template["DATABASE_URL"]), services["postgres"]["environment"]
    assert database.hostname in services
    assert database.username == postgres["POSTGRES_USER"]
    assert database.password == postgres["POSTGRES_PASSWORD"]
    assert database.path == f"/{postgres['POSTGRES_DB']}"


def test_each_waits_for_what_it_needs(services: dict[str, dict[str, Any]]) -> None:
    waits = {
        name: {other: how["condition"] for other, how in service.get("depends_on", {}).items()}
        for name, service in services.items()
    }

    assert waits["auth-server"] == {"postgres": "service_healthy", "mailpit": "service_started"}
    assert waits["backend"] == {"auth-server": "service_healthy"}
    assert waits["frontend"] == {"backend": "service_healthy"}
    assert services["postgres"]["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]


def test_the_signing_secret_is_the_auth_servers_alone(services: dict[str, dict[str, Any]]) -> None:
    told = {name for name, service in services.items() if "BETTER_AUTH_SECRET" in service.get("environment", {})}

    assert told == {"auth-server"}


@pytest.mark.parametrize(("service", "folder"), EXAMPLES.items())
def test_an_example_has_a_dockerfile_with_a_user_and_a_health_check(
    services: dict[str, dict[str, Any]], service: str, folder: str
) -> None:
    instructions = (tools.ROOT / "examples" / folder / "Dockerfile").read_text()

    assert Path(services[service]["build"]["context"]).name == folder
    assert "\nUSER " in instructions and "\nHEALTHCHECK " in instructions
