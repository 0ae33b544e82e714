"""Ada, whose session is there before each request: her rows, and her cookie as the service would have signed it."""

import base64
import hashlib
import hmac
from urllib.parse import quote

import psycopg

SECRET = "what the tests of the description sign with"
TOKEN = "AdaAdaAdaAdaAdaAdaAdaAdaAdaAda01"
_signature = base64.b64encode(hmac.digest(SECRET.encode(), TOKEN.encode(), hashlib.sha256)).decode()
COOKIE = "better-auth.session_token=" + quote(f"{TOKEN}.{_signature}", safe="")

# Address, password, tokens and ids are those of the description's examples. The hash is Better Auth's scrypt.
_salt = "00112233445566778899aabbccddeeff"
_key = hashlib.scrypt(b"password123", salt=_salt.encode(), n=16384, r=16, p=1, dklen=64, maxmem=2**26)
RESTORE = f"""
    insert into "user" (id, name, email, "emailVerified") values ('ada', 'Ada', 'test@example.com', true)
      on conflict (id) do update set name = excluded.name, email = excluded.email, "emailVerified" = true;
    insert into account (id, "accountId", "providerId", "userId", password, "updatedAt") values
      ('own', 'ada', 'credential', 'ada', '{_salt}:{_key.hex()}', now()),
      ('W23o6xLSqF3GJNT8Lh3dlGqzShgB5H2t', '4711', 'github', 'ada', null, now())
      on conflict (id) do update set password = excluded.password;
    insert into session (id, token, "expiresAt", "updatedAt", "userId") values
      ('here', '{TOKEN}', now() + interval '7 days', now(), 'ada'),
      ('elsewhere', '2jxWXTMJjSzalIy0v0uJ5d1rzDKd0bN7', now() + interval '7 days', now(), 'ada')
      on conflict (id) do update set "createdAt" = now(), "expiresAt" = excluded."expiresAt";
    insert into verification (id, identifier, value, "expiresAt") values
      ('reset', 'reset-password:2jxWXTMJjSzalIy0v0uJ5d1rzDKd0bN7', 'ada', now() + interval '1 hour')
      on conflict (id) do nothing;
"""


def restore(db: psycopg.Connection) -> None:
    """Her rows as they were; nobody else has her address."""
    db.execute("""delete from "user" where email = 'test@example.com' and id <> 'ada'""")
    db.execute(RESTORE)
