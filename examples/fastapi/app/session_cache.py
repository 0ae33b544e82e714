"""Validated sessions, believed for a while without asking the auth service."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from .schemas import AuthUser


class SessionCache:
    """Who holds which credential, for `seconds` from when that was asked.

    A revoked session is believed that long, and no longer. Credentials are kept as their SHA-256:
    a dump of the memory signs nobody in. The oldest entry makes room for a new one.
    """

    def __init__(
        self, seconds: float, max_entries: int = 10_000, clock: Callable[[], float] = monotonic
    ) -> None:
        self.clock = clock
        self._seconds = seconds
        self._max_entries = max_entries
        self._entries: OrderedDict[bytes, tuple[float, AuthUser]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, credential: bytes) -> AuthUser | None:
        asked_at, user = self._entries.get(_key(credential), (None, None))
        return user if asked_at is not None and self.clock() < asked_at + self._seconds else None

    def put(self, credential: bytes, user: AuthUser, asked_at: float) -> None:
        """`asked_at`: from before the question, since the answer was true at some time after it."""
        if self._seconds == 0:
            return
        key = _key(credential)
        self._entries[key] = (asked_at, user)
        self._entries.move_to_end(key)
        if len(self._entries) > self._max_entries:
            self._entries.popitem(last=False)


def _key(credential: bytes) -> bytes:
    return hashlib.sha256(credential).digest()
