"""Which URL the functions get, and which `migrate`."""

from typing import Any

import pytest

from transformed import Template
from variants import VARIANTS, secret

COMPOSED = {"Ref": "DatabaseUrlSecret"}
DIRECT = {"Ref": "DirectDatabaseUrlSecret"}


def variables(template: Template, function: str) -> dict[str, Any]:
    """The environment of a function."""
    found: dict[str, Any] = template.functions[function]["Environment"]["Variables"]
    return found


@pytest.mark.parametrize(
    ("variant", "functions", "migrate"),
    [
        ("existing", secret("database"), None),
        ("existing, all that can be set", secret("database"), secret("migrate")),
        ("aurora", COMPOSED, None),
        ("aurora, proxy, standby, ses", COMPOSED, DIRECT),
        ("aurora, two roles", secret("endpoints"), secret("migrate")),
    ],
)
def test_each_gets_its_own(variant: str, functions: Any, migrate: Any) -> None:
    template = Template(VARIANTS[variant])

    assert variables(template, "SignInEmailFunction")["DATABASE_URL_ARN"] == functions
    assert variables(template, "MigrateFunction").get("DATABASE_URL_ARN") == (None if migrate else functions)
    assert variables(template, "MigrateFunction").get("MIGRATE_DATABASE_URL_ARN") == migrate
    # Another database is another migration.
    assert template.resources["Migration"]["Properties"]["Database"] == (migrate or functions)
    assert template.outputs["DatabaseUrlSecretArn"]["Value"] == functions


def test_auroras_is_composed_of_its_address_and_its_password() -> None:
    template = Template(VARIANTS["aurora"])
    password = "{{resolve:secretsmanager:${DatabasePassword}:SecretString:password::}}"

    assert template.resources["DatabaseUrlSecret"]["Properties"]["SecretString"] == (
        f"postgres://latchkey:{password}@${{DatabaseCluster.Endpoint.Address}}:5432/latchkey?sslmode=verify-full"
    )
    assert template.resources["DatabaseCluster"]["Properties"]["MasterUserPassword"] == password


def test_another_version_of_the_password_changes_both() -> None:
    template = Template(VARIANTS["aurora"] | {"DatabasePasswordVersion": "0d4f1a3e-5b1c-4d0e-9f3a-2c6a1f7e8b90"})
    password = "{{resolve:secretsmanager:${DatabasePassword}:SecretString:password::0d4f1a3e-5b1c-4d0e-9f3a-2c6a1f7e8b90}}"

    assert password in template.resources["DatabaseUrlSecret"]["Properties"]["SecretString"]
    assert template.resources["DatabaseCluster"]["Properties"]["MasterUserPassword"] == password


def test_the_proxy_stands_between_functions_and_database_but_not_before_migrations() -> None:
    template = Template(VARIANTS["aurora, proxy, standby, ses"])

    def host(name: str) -> str:
        url: str = template.resources[name]["Properties"]["SecretString"]
        return url.partition("@")[2].partition(":")[0]

    assert host("DatabaseUrlSecret") == "${Proxy.Endpoint}"
    assert host("DirectDatabaseUrlSecret") == "${DatabaseCluster.Endpoint.Address}"


def test_a_snapshot_brings_its_database_and_owner_and_gets_a_new_password() -> None:
    cluster = Template(VARIANTS["aurora, from a snapshot"]).resources["DatabaseCluster"]["Properties"]

    assert "SnapshotIdentifier" in cluster
    assert not {"DatabaseName", "MasterUsername"} & cluster.keys()
    assert "resolve:secretsmanager" in cluster["MasterUserPassword"]
