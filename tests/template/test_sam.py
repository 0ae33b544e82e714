"""The SAM CLI finds in the template what it builds and runs on a laptop."""

import tomllib

import pytest
from samcli.lib.providers.api_provider import ApiProvider
from samcli.lib.providers.provider import Stack
from samcli.lib.providers.sam_function_provider import SamFunctionProvider
from samcli.lib.providers.sam_stack_provider import SamLocalStackProvider

from checks import ROUTES, logical_id
from transformed import ROOT
from variants import EXISTING

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def stacks(**parameters: str) -> list[Stack]:
    """The template as `sam build`, `sam local invoke` and `sam local start-api` read it."""
    overrides = EXISTING | parameters
    found, _ = SamLocalStackProvider.get_stacks(str(ROOT / "template.yaml"), parameter_overrides=overrides)
    return found


def test_it_builds_every_binary() -> None:
    binaries = {
        binary["name"]
        for manifest in ("functions/Cargo.toml", "functions/mailer/Cargo.toml")
        for binary in tomllib.loads((ROOT / manifest).read_text())["bin"]
    }

    functions = list(SamFunctionProvider(stacks()).get_all())

    built = {function.metadata["BuildProperties"]["Binary"] for function in functions if function.metadata}
    assert binaries <= built
    assert {function.metadata["BuildMethod"] for function in functions if function.metadata} == {"rust-cargolambda"}
    assert all((ROOT / function.codeuri / "Cargo.toml").is_file() for function in functions if function.codeuri)


def test_it_serves_every_route() -> None:
    routes = {
        f"{method} {route.path}": route.function_name
        for route in ApiProvider(stacks()).api.routes
        for method in route.methods
        if method != "OPTIONS"
    }

    assert routes == {endpoint: logical_id(name) for name, endpoints in ROUTES.items() for endpoint in endpoints}


def test_it_gives_functions_what_they_are_told() -> None:
    (function,) = [it for it in SamFunctionProvider(stacks()).get_all() if it.name == "SignInEmailFunction"]

    assert function.environment
    assert function.environment["Variables"]["DATABASE_URL_ARN"] == EXISTING["DatabaseUrlSecretArn"]
    assert function.environment["Variables"]["PASSWORD_HASH"] == "asvs"
    # What has no value is left unresolved here, and reaches a function as an empty text, which counts as unset.
    assert not isinstance(function.environment["Variables"]["DATABASE_CA"], str)


@pytest.mark.parametrize("architecture", ["x86_64", "arm64"])
def test_it_builds_for_the_architecture_that_is_deployed(architecture: str) -> None:
    functions = list(SamFunctionProvider(stacks(Architecture=architecture)).get_all())

    assert {function.architecture for function in functions} == {architecture}
