"""Sets of parameters that stacks are made with."""

from transformed import ACCOUNT, REGION


def secret(name: str) -> str:
    """The ARN of a secret."""
    return f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-AbCdEf"


EXISTING = {"DatabaseUrlSecretArn": secret("database")}
AURORA = {"Database": "aurora"}
DOMAIN = {
    "DomainName": "auth.example.com",
    "CertificateArn": f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/0d4f1a3e-5b1c-4d0e-9f3a-2c6a1f7e8b90",
}
SMTP = {"MailTransport": "smtp", "MailFrom": "a@example.com", "SmtpUrlSecretArn": secret("smtp")}
WEBHOOK = {
    "MailTransport": "webhook",
    "MailWebhookUrl": "https://mails.example.com/",
    "MailWebhookSecretArn": secret("webhook"),
}
SES = {
    "MailTransport": "ses",
    "MailFrom": "a@example.com",
    "SesIdentityArns": f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/example.com",
}

VARIANTS: dict[str, dict[str, str]] = {
    "existing": EXISTING,
    "existing, all that can be set": EXISTING
    | DOMAIN
    | SMTP
    | {
        "AlarmEmail": "ops@example.com",
        "AppName": "Example",
        "Architecture": "arm64",
        "AuthSecretArn": secret("signing"),
        "CookieAttributes": '{"sameSite":"none","partitioned":true}',
        "CookieDomain": "example.com",
        "CorsOrigins": "https://app.example.com,https://admin.example.com",
        # About as long as a CA with a key of 4096 bits.
        "DatabaseCa": "-----BEGIN CERTIFICATE-----\n" + "A" * 1800 + "\n-----END CERTIFICATE-----\n",
        "DummyHash": "bcrypt:cost=12",
        "HostedZoneId": "Z0123456789ABCDEFGHIJ",
        "MigrateDatabaseUrlSecretArn": secret("migrate"),
        "PublicUrl": "https://auth.example.com",
        "ReservedHashing": "20",
        "ResetPasswordUrl": "https://app.example.com/reset-password",
        "SecretsKmsKeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0d4f1a3e-5b1c-4d0e-9f3a-2c6a1f7e8b90",
        "SecurityGroupIds": "sg-0123456789abcdef0",
        "SendVerificationOnSignUp": "true",
        "SessionFields": '{"theme":{"type":"string","required":false}}',
        "SubnetIds": "subnet-0123456789abcdef0,subnet-0123456789abcdef1",
        "Tracing": "PassThrough",
        "TrustedOrigins": "myapp://,https://*.example.com",
        "TrustedProxies": "198.51.100.0/24,203.0.113.0/24",
        "UserFields": '{"role":{"type":"string","required":false,"defaultValue":"user","input":false}}',
    },
    "existing, webhook": EXISTING | WEBHOOK | {"SendChangeNotices": "true", "HostCookies": "true"},
    "aurora": AURORA,
    "aurora, proxy, standby, ses": AURORA | SES | DOMAIN | {"DatabaseProxy": "true", "DatabaseStandby": "true"},
    "aurora, nat, smtp": AURORA | SMTP | {"NatGateway": "true"},
    "aurora, nat, webhook, arm64": AURORA
    | WEBHOOK
    | {"NatGateway": "true", "Architecture": "arm64", "AvailabilityZones": f"{REGION}b,{REGION}c"},
    "aurora, from a snapshot": AURORA
    | {"DatabaseSnapshot": f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster-snapshot:latchkey"},
    # Those of docs/database-roles.sql.
    "aurora, two roles": AURORA
    | {"DatabaseUrlSecretArn": secret("endpoints"), "MigrateDatabaseUrlSecretArn": secret("migrate")},
}
