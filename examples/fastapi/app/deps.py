"""What endpoints depend on."""

from typing import Annotated

from fastapi import Depends, Header, Request
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from . import crud
from .auth_service import AuthService, Credential, unauthorized
from .database import get_db
from .models import AppUser
from .settings import settings


def get_auth_service(request: Request) -> AuthService:
    service: AuthService = request.state.auth_service
    return service


def get_credential(
    request: Request,
    authorization: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Credential:
    """`Authorization: Bearer …`, else the session cookie; nothing else that the request holds."""
    if authorization is not None:
        if not authorization.lower().startswith("bearer "):
            raise unauthorized("Invalid authorization header")
        return Credential("Authorization", authorization.encode("latin-1"))

    names = {settings.session_cookie, f"__Secure-{settings.session_cookie}"}
    cookies = [cookie.strip() for cookie in request.headers.get("cookie", "").split(";")]
    of_session = [cookie for cookie in cookies if cookie.partition("=")[0] in names]
    if not of_session:
        raise unauthorized("Not signed in")
    return Credential("Cookie", "; ".join(of_session).encode("latin-1"))


async def get_current_user(
    credential: Annotated[Credential, Depends(get_credential)],
    auth_service: Annotated[AuthService, Depends(get_auth_service)],
    db: Annotated[AsyncSession, Depends(get_db)],
) -> AppUser:
    """Validates the session with the auth service and gets or makes the local user."""
    user = await auth_service.validate(credential)
    try:
        return await crud.get_or_create_user_from_auth_id(
            db, auth_user_id=user.id, email=user.email, name=user.name
        )
    except IntegrityError as error:
        # Deleted since the session was validated: the foreign key knows.
        raise unauthorized("Invalid session") from error


CurrentUser = Annotated[AppUser, Depends(get_current_user)]
