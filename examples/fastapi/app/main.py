"""The application: `uvicorn app.main:app` serves it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from .auth_service import AuthService
from .database import engine
from .deps import CurrentUser
from .schemas import Me, Problem
from .session_cache import SessionCache
from .settings import settings


class State(TypedDict):
    """What requests share, as `request.state`."""

    auth_service: AuthService


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[State]:
    cache = SessionCache(settings.session_cache_seconds)
    auth_service = AuthService(settings.auth_server_url, settings.auth_timeout_seconds, cache)
    yield {"auth_service": auth_service}
    await auth_service.close()
    await engine.dispose()


app = FastAPI(title="An application behind Latchkey", lifespan=lifespan)
app.add_middleware(
    CORSMiddleware,
    allow_origins=settings.cors_origins,
    allow_credentials=True,
    allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
    allow_headers=["Authorization", "Content-Type"],
)


@app.get("/me", responses={401: {"model": Problem}, 503: {"model": Problem}})
async def me(user: CurrentUser) -> Me:
    """Who is signed in, as this application knows them."""
    return Me.model_validate(user)


@app.get("/health")
async def health() -> dict[str, str]:
    """That this process answers; nothing about those that it needs."""
    return {"status": "ok"}
