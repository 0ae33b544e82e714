"""The gateway before the functions: CORS, limits, domain."""

import re
from typing import Any

from transformed import ROOT, Template
from variants import DOMAIN, EXISTING, VARIANTS

ORIGINS = "https://app.example.com,https://admin.example.com"


def body(template: Template) -> dict[str, Any]:
    """The API's definition."""
    (api,) = template.of_type("AWS::ApiGatewayV2::Api").values()
    found: dict[str, Any] = api["Body"]
    return found


def stage(template: Template) -> dict[str, Any]:
    """Its stage."""
    (found,) = template.of_type("AWS::ApiGatewayV2::Stage").values()
    return found


def local_layer(call: str) -> set[str]:
    """The headers or methods that the local server's CORS layer has, in lower case."""
    source = (ROOT / "local/src/cors.rs").read_text()
    found = re.search(rf"\.{call}\(\[(.*?)\]\)", source, re.DOTALL)
    assert found, f"local/src/cors.rs has no {call}"
    names = re.sub(r'HeaderName::from_static\("([^"]+)"\)', r"\1", found[1]).replace("Method::", "")
    return {name.strip().lower().replace("_", "-") for name in names.split(",") if name.strip()}


def test_cors_is_the_local_layers() -> None:
    cors = body(Template(EXISTING | {"CorsOrigins": ORIGINS}))["x-amazon-apigateway-cors"]

    def lower(name: str) -> set[str]:
        return {value.lower() for value in cors[name]}

    assert cors["allowOrigins"] == ORIGINS.split(",")
    assert cors["allowCredentials"] is True
    assert lower("allowMethods") == local_layer("allow_methods") == {"get", "post"}
    assert lower("allowHeaders") == local_layer("allow_headers")
    assert lower("exposeHeaders") == local_layer("expose_headers")
    assert lower("exposeHeaders") == {"set-auth-token", "x-retry-after", "retry-after"}


def test_the_functions_trust_the_same_origins() -> None:
    template = Template(EXISTING | {"CorsOrigins": ORIGINS})

    for name, function in template.functions.items():
        assert function["Environment"]["Variables"]["CORS_ORIGIN"] == ORIGINS, name


def test_without_origins_there_is_no_cors() -> None:
    assert "x-amazon-apigateway-cors" not in body(Template(EXISTING))


def test_by_default_the_gateway_turns_away_nobody_whom_the_account_allows() -> None:
    # The account's quotas: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
    limits = stage(Template(EXISTING))["DefaultRouteSettings"]

    assert (limits["ThrottlingRateLimit"], limits["ThrottlingBurstLimit"]) == (10_000, 5_000)


def test_a_domain_is_the_only_address() -> None:
    plain, own = Template(EXISTING), Template(EXISTING | DOMAIN)

    def is_generated_one_off(template: Template) -> Any:
        (api,) = template.of_type("AWS::ApiGatewayV2::Api").values()
        return api["Body"].get("servers", [{}])[0].get("x-amazon-apigateway-endpoint-configuration", {}).get(
            "disableExecuteApiEndpoint", False
        )

    assert (is_generated_one_off(plain), is_generated_one_off(own)) == (False, True)
    assert own.outputs["ApiUrl"]["Value"] == "https://auth.example.com"
    assert own.functions["SignInEmailFunction"]["Environment"]["Variables"]["PUBLIC_URL"] == "https://auth.example.com"
    assert "PUBLIC_URL" not in plain.functions["SignInEmailFunction"]["Environment"]["Variables"]
    assert "DomainRecords" not in own.resources
    assert own.resources["DomainMapping"]["Properties"]["Stage"] == {"Ref": "ApiApiGatewayDefaultStage"}
    assert "ApiMappingKey" not in own.resources["DomainMapping"]["Properties"]


def test_a_hosted_zone_gets_its_records() -> None:
    records = Template(VARIANTS["existing, all that can be set"]).resources["DomainRecords"]["Properties"]["RecordSets"]

    assert {(it["Name"], it["Type"]) for it in records} == {("auth.example.com", "A"), ("auth.example.com", "AAAA")}


def test_the_public_url_wins_over_the_domain() -> None:
    template = Template(EXISTING | DOMAIN | {"PublicUrl": "https://www.example.com"})

    variables = template.functions["SignInEmailFunction"]["Environment"]["Variables"]
    assert variables["PUBLIC_URL"] == "https://www.example.com"
