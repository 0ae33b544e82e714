"""`python -m app`: brings the table up to date, then serves on BACKEND_PORT."""

from pathlib import Path

import uvicorn
from alembic import command
from alembic.config import Config

from .settings import settings

command.upgrade(Config(toml_file=Path(__file__).parent.parent / "pyproject.toml"), "head")
uvicorn.run("app.main:app", host=settings.backend_host, port=settings.backend_port)
