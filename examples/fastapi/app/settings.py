"""The environment, read once at start."""

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Each field is the variable of its name in capitals; a `.env` in this folder is read too."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    # The database that Latchkey uses: `app_users` refers to its table "user".
    database_url: SecretStr
    auth_server_url: str = "http://localhost:4000"
    auth_timeout_seconds: float = Field(default=5.0, gt=0)
    # Latchkey's name for it; over https it stands behind `__Secure-`.
    session_cookie: str = "better-auth.session_token"
    # How long a validated session is believed without asking again. 0: not at all.
    session_cache_seconds: float = Field(default=0, ge=0)
    # Whose pages may call with cookies, comma-separated.
    cors_origin: str = ""
    backend_host: str = "127.0.0.1"
    backend_port: int = 8000

    @field_validator("auth_server_url")
    @classmethod
    def without_trailing_slash(cls, url: str) -> str:
        return url.rstrip("/")

    @field_validator("cors_origin")
    @classmethod
    def exact(cls, origins: str) -> str:
        if "*" in origins:
            raise ValueError("with cookies, origins have to be exact, like http://localhost:3000")
        return origins

    @property
    def cors_origins(self) -> list[str]:
        return [origin.strip() for origin in self.cors_origin.split(",")]


settings = Settings()
