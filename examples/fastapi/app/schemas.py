"""What goes over the wire."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class AuthUser(BaseModel):
    """The user in an answer of Latchkey, as far as this application uses it."""

    id: str
    email: str
    name: str


class AuthSession(BaseModel):
    """200 of `GET /api/auth/session` where somebody is signed in."""

    user: AuthUser


class Me(BaseModel):
    """200 of `GET /me`."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    user_id: str
    email: str
    name: str
    created_at: datetime


class Problem(BaseModel):
    """Any error."""

    detail: str
