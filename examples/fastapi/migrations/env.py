"""Runs the migrations, in one transaction."""

from alembic import context
from sqlalchemy import create_engine, text
from sqlalchemy.schema import SchemaItem

from app.database import url
from app.models import Base, auth_user


def is_ours(item: SchemaItem, name: str | None, kind: str, _: bool, __: SchemaItem | None) -> bool:
    """Whether `alembic revision --autogenerate` may look at it: Latchkey's tables are not ours."""
    ours = Base.metadata.tables.keys() - {auth_user.name}
    return kind != "table" or name in ours


with create_engine(url).connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, include_object=is_ours)
    with context.begin_transaction():
        # Of several that start at once, one migrates and the others wait for it.
        connection.execute(text("select pg_advisory_xact_lock(hashtext('alembic_version'))"))
        context.run_migrations()
