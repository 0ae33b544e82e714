"""Parameters that do not go together are refused before anything is made, with what is to be done."""

import pytest

from transformed import Template
from variants import AURORA, DOMAIN, EXISTING, SES, SMTP, WEBHOOK, secret

TWO_ROLES = {"DatabaseUrlSecretArn": secret("endpoints"), "MigrateDatabaseUrlSecretArn": secret("migrate")}


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({}, "DatabaseUrlSecretArn"),
        (EXISTING | {"DatabaseProxy": "true"}, "DatabaseProxy"),
        (EXISTING | {"SubnetIds": "subnet-0123456789abcdef0"}, "SecurityGroupIds"),
        (AURORA | {"SubnetIds": "subnet-0123456789abcdef0", "SecurityGroupIds": "sg-0123456789abcdef0"}, "SubnetIds"),
        (AURORA | {"DatabaseUrlSecretArn": secret("endpoints")}, "MigrateDatabaseUrlSecretArn"),
        (AURORA | TWO_ROLES | {"DatabaseProxy": "true"}, "DatabaseProxy"),
        (AURORA | SMTP, "NatGateway"),
        (AURORA | WEBHOOK, "NatGateway"),
        (EXISTING | SMTP | {"SmtpUrlSecretArn": ""}, "SmtpUrlSecretArn"),
        (EXISTING | SMTP | {"MailFrom": ""}, "MailFrom"),
        (EXISTING | SES | {"SesIdentityArns": ""}, "SesIdentityArns"),
        (EXISTING | SES | {"MailFrom": ""}, "MailFrom"),
        (EXISTING | WEBHOOK | {"MailWebhookUrl": ""}, "MailWebhookUrl"),
        (EXISTING | WEBHOOK | {"MailWebhookSecretArn": ""}, "MailWebhookSecretArn"),
        (EXISTING | {"SendChangeNotices": "true"}, "MailTransport"),
        (EXISTING | {"HostCookies": "true", "CookieDomain": "example.com"}, "CookieDomain"),
        (EXISTING | DOMAIN | {"CertificateArn": ""}, "CertificateArn"),
    ],
)
def test_it_is_refused(parameters: dict[str, str], named: str) -> None:
    (violation,) = Template(parameters).rule_violations()

    assert named in violation


def test_the_least_that_can_be_said_is_enough() -> None:
    assert Template(EXISTING).rule_violations() == []
    assert Template(AURORA).rule_violations() == []
