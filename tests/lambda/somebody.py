"""A user, and a request of theirs for each function that answers HTTP."""

import base64
import hashlib
import hmac
import json
import secrets
import time

from answer import signed_cookie
from events import Event, load, new_email, sign_in, sign_up
from marks import mark
from stack import HTTP_FUNCTIONS, PASSWORD, Stack

# What a request is answered with where that is not 200.
_STATUSES = {"get-reset-password": 302, "verify-email": 302, "delete-user-callback": 302, "update-session": 400}
# What needs no session, or works without one.
_WITHOUT_SESSION = {
    "sign-up-email",
    "sign-in-email",
    "request-password-reset",
    "get-reset-password",
    "reset-password",
    "send-verification-email",
    "verify-email",
    "error",
    "ok",
    "health",
}


class Somebody:
    """A user of a stack with `EVERYTHING` switched on, who knows `PASSWORD`."""

    def __init__(self, stack: Stack):
        self._stack = stack
        self.email = new_email()
        self.id: str = stack.signed_up(self.email).json["user"]["id"]

    def requests(self) -> list[str]:
        """The functions in an order in which one user can ask them all: whoever deletes asks last."""
        return sorted(HTTP_FUNCTIONS, key=lambda name: name == "delete-user-callback")

    @staticmethod
    def status(function: str) -> int:
        """What `request` is answered with. The fields of update-session are the settings' to declare: it has none."""
        return _STATUSES.get(function, 200)

    def request(self, function: str) -> Event:
        """A request that does what the function is for, with a session of its own where it needs one."""
        event = load(function)
        if function not in _WITHOUT_SESSION:
            event = event.cookies(self.session())
        return self._filled(function, event)

    def session(self) -> str:
        """The cookie of a new session."""
        token = mark(secrets.token_hex(16))
        self._stack.database.execute(
            'insert into session (id, "expiresAt", token, "updatedAt", "userId")'
            " values (%s, now() + interval '1 hour', %s, now(), %s)",
            secrets.token_hex(16),
            token,
            self.id,
        )
        return signed_cookie(token, self._stack.secret)

    def _filled(self, function: str, event: Event) -> Event:
        match function:
            case "sign-up-email":
                return sign_up(new_email(), PASSWORD)
            case "sign-in-email":
                return sign_in(self.email, PASSWORD)
            case "request-password-reset":
                return event.body({"email": self.email, "redirectTo": "/new-password"})
            case "send-verification-email":
                return event.body({"email": self.email})
            case "change-email":
                return event.body({"newEmail": new_email()})
            case "change-password":
                return event.body({"currentPassword": PASSWORD, "newPassword": PASSWORD})
            case "get-reset-password":
                return event.path_parameter("token", self._token("reset-password:"))
            case "reset-password":
                return event.body({"token": self._token("reset-password:"), "newPassword": PASSWORD})
            case "verify-email":
                return event.query(f"token={self._verification_token()}&callbackURL=%2Fwelcome")
            case "delete-user-callback":
                return event.query(f"token={self._token('delete-account-')}&callbackURL=%2Fgoodbye")
            case "unlink-account":
                return event.body({"accountId": self._account()})
        return event

    def _token(self, purpose: str) -> str:
        """A token that was mailed, of a purpose as Better Auth names them."""
        token = mark(secrets.token_hex(12))
        self._stack.database.execute(
            'insert into verification (id, identifier, value, "expiresAt")'
            " values (%s, %s, %s, now() + interval '1 hour')",
            secrets.token_hex(16),
            purpose + token,
            self.id,
        )
        return token

    def _verification_token(self) -> str:
        """The token of a link that proves the address: a JWT, as Better Auth signs it."""
        now = int(time.time())
        claims = {"email": self.email, "iat": now, "exp": now + 3600}
        signed = b".".join(_base64url(json.dumps(part).encode()) for part in ({"alg": "HS256"}, claims))
        signature = hmac.digest(self._stack.secret.encode(), signed, hashlib.sha256)
        return mark((signed + b"." + _base64url(signature)).decode())

    def _account(self) -> str:
        """A second account, which can go."""
        account = secrets.token_hex(16)
        self._stack.database.execute(
            'insert into account (id, "accountId", "providerId", "userId", "updatedAt")'
            " values (%s, %s, 'github', %s, now())",
            account,
            account,
            self.id,
        )
        return account


def _base64url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
