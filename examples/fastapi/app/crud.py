"""The statements of this application."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from .models import AppUser


async def get_or_create_user_from_auth_id(
    db: AsyncSession, auth_user_id: str, email: str, name: str
) -> AppUser:
    """The local row of a user, made on first sight, with the e-mail address and name of today.

    One statement, so of many first requests at once each gets the same row. Fails with
    `IntegrityError` where Latchkey has no such user any more.
    """
    statement = (
        insert(AppUser)
        .values(user_id=auth_user_id, email=email, name=name)
        .on_conflict_do_update(
            index_elements=[AppUser.user_id], set_={"email": email, "name": name}
        )
        .returning(AppUser)
    )
    user = (await db.scalars(statement)).one()
    await db.commit()
    return user
