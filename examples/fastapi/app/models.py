"""The tables of this application."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, ForeignKey, MetaData, Table, Text, Uuid, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """What Alembic compares the database with."""

    # Constraints get names that Alembic can tell apart.
    metadata = MetaData(
        naming_convention={
            "pk": "%(table_name)s_pkey",
            "fk": "%(table_name)s_%(column_0_name)s_fkey",
            "uq": "%(table_name)s_%(column_0_name)s_key",
        }
    )


# Latchkey's table. It is here for the foreign key alone, and migrations leave it out.
auth_user = Table("user", Base.metadata, Column("id", Text, primary_key=True))


class AppUser(Base):
    """What this application knows of a user. It goes when Latchkey deletes the user."""

    __tablename__ = "app_users"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=func.gen_random_uuid())
    user_id: Mapped[str] = mapped_column(
        Text, ForeignKey(auth_user.c.id, ondelete="CASCADE"), unique=True
    )
    email: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
