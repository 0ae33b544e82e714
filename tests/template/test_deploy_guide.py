"""docs/DEPLOY.md: its commands run, and what it names is there."""

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from samcli.cli.types import CfnParameterOverridesType
from samcli.lib.config.samconfig import SamConfig

from local_aws import LocalAws, local_aws
from transformed import ACCOUNT, ROOT, SOURCE, Template
from variants import VARIANTS

GUIDE = (ROOT / "docs/DEPLOY.md").read_text()
# A block of commands, and why it is not run, if it is not.
_BLOCK = re.compile(r"(?:<!-- not run: ([^>]+) -->\n)?```sh\n(.*?)```", re.DOTALL)
BLOCKS = [(found[2], found[1]) for found in _BLOCK.finditer(GUIDE)]
# The first block is for all others.
SETTING_UP = next(block for block, why_not in BLOCKS if not why_not)
RUN = [block for block, why_not in BLOCKS if not why_not and block != SETTING_UP]
# Version 1 of the AWS CLI, the one that PyPI has, asks SQS at AWS whatever the environment says.
_SQS_AT_HOME = 'aws() { if [[ $1 == sqs ]]; then set -- --endpoint-url "$AWS_ENDPOINT_URL" "$@"; fi; command aws "$@"; }'
ROLES = ("latchkey_endpoints", "latchkey_migrate")
OUTPUTS = set(SOURCE["Outputs"])
# Where parameters go in samconfig.toml.
EMPTY = "[default.global.parameters]\nparameter_overrides = []\n"


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    """A local AWS with a deployed stack, `latchkey`, as far as commands see of it."""
    with local_aws() as aws:
        secret = aws.client("secretsmanager").create_secret
        aws.client("logs").create_log_group(logGroupName="/aws/lambda/latchkey/sign-in-email")
        cluster = aws.client("rds").create_db_cluster(
            DBClusterIdentifier="latchkey", Engine="aurora-postgresql", MasterUsername="x", MasterUserPassword="12345678"
        )["DBCluster"]["DBClusterArn"]
        aws.client("sqs").create_queue(QueueName="dead-letters")
        outputs = {
            "AlarmTopicArn": aws.client("sns").create_topic(Name="alarms")["TopicArn"],
            "AuthSecretArn": secret(Name="signing", SecretString="x" * 40)["ARN"],
            "DatabaseClusterArn": cluster,
            "DatabasePasswordSecretArn": secret(Name="password", SecretString="{}")["ARN"],
            "DatabaseUrlSecretArn": secret(Name="url", SecretString="postgres://")["ARN"],
            "DeadLettersUrl": f"{aws.url}/{ACCOUNT}/dead-letters",
            "LogGroups": "/aws/lambda/latchkey/",
        }
        assert outputs.keys() <= OUTPUTS
        aws.make_stack("latchkey", {"SessionExpiresIn": "604800"}, outputs)
        yield aws


@pytest.fixture
def owner_url() -> Iterator[str]:
    """A database whose owner is no superuser, with a role for the endpoints."""
    server, name, password = os.environ["TEST_DATABASE_URL"], f"guide_{secrets.token_hex(8)}", secrets.token_hex(16)
    role = sql.Identifier(name)
    with psycopg.connect(server, autocommit=True) as superuser:
        superuser.execute(sql.SQL("create role {} login createrole password {}").format(role, sql.Literal(password)))
        superuser.execute(sql.SQL("create database {} owner {}").format(role, role))
        superuser.execute("create role latchkey_endpoints login")
        yield make_conninfo(server, dbname=name, user=name, password=password)
        superuser.execute(sql.SQL("drop database {} with (force)").format(role))
        for dropped in (*ROLES, name):
            superuser.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(dropped)))


def folder(home: Path) -> Path:
    """What a reader's folder has of what commands name."""
    for name in ("docs", "scripts", "template.yaml", "samconfig.toml"):
        (home / name).symlink_to(ROOT / name)
    return home


def run(block: str, aws: LocalAws, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs a block as a reader does who ran the first one."""
    binaries = os.environ.get("PG_BINDIR", "")
    environment = {**aws.environment, **variables, "HOME": str(home), "SAM_CLI_TELEMETRY": "0"}
    environment["PATH"] = f"{environment['PATH']}:{binaries}"
    script = f"set -euo pipefail\n{_SQS_AT_HOME}\n{SETTING_UP}\n{block}"
    return subprocess.run(
        ["bash", "-c", script], cwd=folder(home), env=environment, capture_output=True, text=True, check=False
    )


def first_words(block: str) -> str:
    """A block's name in a report."""
    return re.sub(r"\W+", "-", block)[:40].strip("-")


@pytest.mark.parametrize("block", RUN, ids=first_words)
def test_its_commands_run(block: str, aws: LocalAws, owner_url: str, tmp_path: Path) -> None:
    if "psql" in block and not (shutil.which("psql") or (Path(os.environ.get("PG_BINDIR", "/")) / "psql").exists()):
        missing = "no psql beside this PostgreSQL server; install PostgreSQL's client"
        # As in tests/run: CI leaves nothing out.
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)

    done = run(block, aws, tmp_path, DATABASE_URL="postgres://u:p@db.example.com/app", OWNER_DATABASE_URL=owner_url)

    assert done.returncode == 0, done.stderr
    assert "None" not in done.stdout.split()


def test_what_is_not_run_says_why() -> None:
    assert len(RUN) >= 10
    not_run = [block for block, why_not in BLOCKS if why_not]
    # Those that would work here but for an account.
    needs = r"\b(sam (build|deploy|delete)|curl|lambda invoke|git pull|get-secret-value --secret-id arn)\b"
    assert all(re.search(needs, block) for block in not_run)


def test_a_command_that_fails_is_noticed(aws: LocalAws, tmp_path: Path) -> None:
    assert run("aws sns publish --topic-arn none --message x", aws, tmp_path).returncode != 0


def test_the_database_url_is_kept_as_it_is(aws: LocalAws, tmp_path: Path) -> None:
    (block,) = [block for block in RUN if "create-secret" in block]

    done = run(block.replace("/database-url", "/kept"), aws, tmp_path, DATABASE_URL="postgres://u:p%2F@h/db")

    kept = aws.client("secretsmanager").get_secret_value(SecretId=done.stdout.strip())["SecretString"]
    assert kept == "postgres://u:p%2F@h/db"


def test_outputs_that_it_names_are_there() -> None:
    named = set(re.findall(r"\$\(output (\w+)", GUIDE))

    assert named
    assert named <= OUTPUTS


def test_parameters_that_it_gives_are_there() -> None:
    # `Name=value`, where a variable would be `NAME=value`.
    given = set(re.findall(r"\b([A-Z][a-z]\w+)=(?!=)", GUIDE)) - {"SameSite"}

    assert "DatabaseUrlSecretArn" in given
    assert given <= SOURCE["Parameters"].keys()


@pytest.mark.parametrize("command", ["build", "deploy"])
def test_sam_reads_the_parameters_that_it_shows(command: str, tmp_path: Path) -> None:
    ours = (ROOT / "samconfig.toml").read_text()
    given: dict[str, str] = {}
    for block in re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL):
        (tmp_path / "samconfig.toml").write_text(ours.replace(EMPTY, block))
        read = SamConfig(str(tmp_path)).get_all([command], "parameters")["parameter_overrides"]
        given |= CfnParameterOverridesType().convert(list(read), None, None)

    assert EMPTY in ours
    assert given["Database"] == "aurora"
    assert given["MailFrom"] == "Example <no-reply@example.com>"
    assert given["CookieAttributes"] == '{"sameSite":"none"}'
    # The functions take the two characters for a line break.
    assert given["DatabaseCa"].count("\\n") == 3


def test_alarms_and_metrics_are_listed_with_their_thresholds() -> None:
    alarms = Template(VARIANTS["aurora, proxy, standby, ses"]).of_type("AWS::CloudWatch::Alarm")

    assert set(re.findall(r"`(\w+Alarm)`", GUIDE)) == alarms.keys()
    for alarm in alarms.values():
        for metric in [it["MetricStat"]["Metric"] for it in alarm.get("Metrics", []) if "MetricStat" in it] or [alarm]:
            if metric["Namespace"] == "Latchkey":
                assert f"`{metric['MetricName']}`" in GUIDE


def test_links_lead_somewhere() -> None:
    titles = re.findall(r"^#+ (.+)$", GUIDE, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}

    for link in re.findall(r"\]\(([^)]+)\)", GUIDE):
        if link.startswith("#"):
            assert link[1:] in anchors, link
        else:
            assert (ROOT / "docs" / link).is_file(), link


def test_the_costs_add_up() -> None:
    rows = [
        [float(cell) for cell in row.split("|")]
        for row in re.findall(r"^\| (?:HTTP API|Lambda|logs|traces|SES)[^|]*\| ([\d. |]+) \|$", GUIDE, re.MULTILINE)
    ]
    (sums,) = re.findall(r"\*\*these\*\* \| \*\*(\d+)\*\* \| \*\*(\d+)\*\* \| \*\*(\d+)\*\*", GUIDE)

    assert len(rows) == 7
    for column, total in enumerate(sums):
        assert round(sum(row[column] for row in rows)) == int(total)
