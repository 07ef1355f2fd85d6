"""Env: what the operator sets from outside, as EVENTWALL_* variables."""

import hashlib
import os
import secrets
import zoneinfo
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from django.core.exceptions import ImproperlyConfigured
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from site_config.database import postgres_at
from site_config.time_zone import local_time_zone

BASE_DIR = Path(__file__).resolve().parent.parent


class Env(BaseSettings):
    """One row per variable."""

    model_config = SettingsConfigDict(env_prefix="EVENTWALL_", frozen=True)

    debug: bool = Field(False, description="Django's DEBUG, and the loopback token for ingest")
    access: Literal["public", "login"] | None = Field(
        None, description="who may look; None: everybody with DEBUG, else users who sign in"
    )
    secret_key: str = Field("", description="empty: made once and kept in DATA_DIR/secret_key")
    allowed_hosts: str = Field(
        "localhost,127.0.0.1,[::1]", description="host names served, comma-separated"
    )
    script_name: str = Field(
        "",
        pattern=r"^(/[A-Za-z0-9._~-]+)*$",
        description="path that the proxy in front takes away, such as /wall; empty: none",
    )
    cookie_prefix: str = Field(
        "",
        pattern=r"^[A-Za-z0-9_-]{0,32}$",
        description="what the names of its cookies begin with; empty: made from the secret key",
    )
    https: bool = Field(
        False, description="browsers come over HTTPS alone: secure cookies, HSTS, redirects"
    )
    ingest_rate: str | None = Field(
        None, description="events that one token may send, such as 1000/s; None: any number"
    )
    data_dir: Path = Field(BASE_DIR / "var", description="where the database and secrets live")
    database_url: str = Field(
        "",
        repr=False,
        description="postgresql://USER:PASSWORD@HOST:PORT/NAME; empty: SQLite in DATA_DIR",
    )
    redis_url: str = Field(
        "",
        repr=False,
        description="redis://HOST:6379/0 or the like: the log is there, all else in the database",
    )
    time_zone: str = Field(default_factory=local_time_zone, description="IANA zone of the wall")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="of Eventwall's own loggers"
    )

    @field_validator("database_url")
    @classmethod
    def _postgres(cls, value: str) -> str:
        if value:
            postgres_at(value)
        return value

    @field_validator("time_zone")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in zoneinfo.available_timezones():
            raise ValueError("no IANA time zone of that name; Asia/Tokyo is one")
        return value


def read_env() -> Env:
    """Return the environment's settings. Raises ImproperlyConfigured, naming each bad variable."""
    try:
        return Env()
    except ValidationError as error:
        faults = [
            f"EVENTWALL_{str(fault['loc'][0]).upper()} is {_shown(fault)}: {fault['msg']}"
            for fault in error.errors()
        ]
        raise ImproperlyConfigured("; ".join(faults)) from None


def _shown(fault: Mapping[str, Any]) -> str:
    """Return the value that is wrong, but for one that may hold a password."""
    return "not what it may be" if fault["loc"] == ("database_url",) else f"{fault['input']!r:.80}"


def cookie_prefix_of(secret_key: str) -> str:
    """Return a prefix of this wall's own: browsers keep one jar for all the ports of a host."""
    return f"eventwall_{hashlib.blake2b(secret_key.encode(), digest_size=4).hexdigest()}"


def secret_key_in(data_dir: Path) -> str:
    """Return the key kept in `data_dir`, making it on the first start (mode 0600).

    Raises ImproperlyConfigured when the directory cannot be made, read or written.
    """
    try:
        return _kept_key(data_dir / "secret_key")
    except OSError as error:
        raise ImproperlyConfigured(
            f"EVENTWALL_DATA_DIR is {str(data_dir)!r}, and {error.filename} cannot be used "
            f"({error.strerror}): name a directory that this user may write, or let them write it"
        ) from error


def _kept_key(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        key = secrets.token_urlsafe(48)
        file.write(key)
    return key
