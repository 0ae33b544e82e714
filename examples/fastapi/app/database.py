"""The connection to Postgres."""

from collections.abc import AsyncIterator

from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from .settings import settings

# Whatever the URL calls it (postgres, postgresql), the driver is psycopg 3.
url = make_url(settings.database_url.get_secret_value()).set(drivername="postgresql+psycopg")
engine = create_async_engine(url, pool_pre_ping=True)
sessions = async_sessionmaker(engine, expire_on_commit=False)


async def get_db() -> AsyncIterator[AsyncSession]:
    """A session for one request. It takes a connection with its first statement, no sooner."""
    async with sessions() as db:
        yield db
