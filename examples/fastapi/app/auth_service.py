"""The auth service: whose session is it?"""

import logging
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import NamedTuple

import httpx
from fastapi import HTTPException, status
from pydantic import TypeAdapter, ValidationError

from .schemas import AuthSession, AuthUser
from .session_cache import SessionCache

logger = logging.getLogger("uvicorn.error")

# 200 with `null` is Better Auth's way to say that nobody is signed in.
ANSWER: TypeAdapter[AuthSession | None] = TypeAdapter(AuthSession | None)


class Credential(NamedTuple):
    """What proves a session: one header, as the browser or client sent it."""

    header: str
    value: bytes


class AuthService:
    """Asks `GET /api/auth/session`, over connections that requests share."""

    def __init__(self, url: str, timeout_seconds: float, cache: SessionCache) -> None:
        self._cache = cache
        self._http = httpx.AsyncClient(
            base_url=url,
            timeout=timeout_seconds,
            # The client serves everybody: a cookie that it kept would go out with the next user's
            # request. This jar takes none.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            # No proxy of the environment's gets to see a credential.
            trust_env=False,
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def validate(self, credential: Credential) -> AuthUser:
        """The user behind a credential. Errors: 401, 503."""
        key = f"{credential.header}:".encode() + credential.value
        if user := self._cache.find(key):
            return user
        asked_at = self._cache.clock()
        user = await self._ask(credential)
        self._cache.put(key, user, asked_at)
        return user

    async def _ask(self, credential: Credential) -> AuthUser:
        # An extended session comes with a new cookie, which the browser would not get from here:
        # extending is left to the front end's own calls. A bearer token needs no cookie.
        query = {"disableRefresh": "true"} if credential.header == "Cookie" else None
        try:
            response = await self._http.get(
                "/api/auth/session",
                params=query,
                headers={credential.header.encode(): credential.value},
            )
        except httpx.TimeoutException as error:
            raise _unavailable("The auth service did not answer in time", error) from error
        except httpx.HTTPError as error:
            raise _unavailable("The auth service can't be reached", error) from error

        if response.status_code == status.HTTP_429_TOO_MANY_REQUESTS or response.is_server_error:
            raise _unavailable("The auth service has trouble", response.status_code)
        if response.status_code != status.HTTP_200_OK:
            logger.warning("The auth service answered %d", response.status_code)
            raise unauthorized("Invalid session")
        try:
            session = ANSWER.validate_json(response.content)
        except ValidationError as error:
            raise _unavailable(
                "The auth service gave an answer that makes no sense", error.title
            ) from None
        if session is None:
            raise unauthorized("Invalid session")
        return session.user


def unauthorized(detail: str) -> HTTPException:
    return HTTPException(
        status.HTTP_401_UNAUTHORIZED, detail, headers={"WWW-Authenticate": "Bearer"}
    )


def _unavailable(detail: str, cause: object) -> HTTPException:
    logger.warning("%s: %r", detail, cause)
    return HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, f"{detail}. Try again in a moment.")
