"""Every setting of the dashboard: name, default, meaning. Its only reader."""

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from pydantic import BaseModel, ConfigDict, Field, ValidationError

Step = Literal["10s", "1m", "15m", "6h"]
Kept = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,4}[hd]$")] | None


class Conf(BaseModel):
    """The settings, by the names they have in settings.py."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    DASHBOARDS: dict[str, Any] = Field(
        default_factory=dict,
        description="slug → title and tiles; empty: one dashboard with a tile per producer",
    )
    EVENT_LOG: dict[str, Any] = Field(
        default_factory=lambda: {"BACKEND": "dashboard.log.database.DatabaseLog"},
        description="the log's BACKEND and OPTIONS",
    )
    ACCESS: Literal["public", "login"] = Field(
        default_factory=lambda: "public" if settings.DEBUG else "login",
        description="who may look: everybody, or users who sign in",
    )
    EMBED_ORIGINS: tuple[str, ...] = Field(
        (),
        description="origins that may show tiles without a ticket, where ACCESS is public; "
        "empty: this site alone",
    )
    TICKET_COOKIE_NAME: str = Field(
        "eventwall_ticket",
        pattern=r"^[A-Za-z0-9_-]{1,64}$",
        description="cookie by which the page of who is signed in opens its streams and pictures",
    )
    EVENTS_ORIGINS: tuple[str, ...] = Field(
        (),
        description="origins whose scripts may read `/events/`; empty: this site alone",
    )
    STREAM_FLUSH_INTERVAL: float = Field(
        0.05, gt=0, le=5, description="seconds between two writes to a busy tile stream"
    )
    EVENTS_FLUSH_INTERVAL: float = Field(
        0.02, gt=0, le=5, description="seconds between two writes to a busy event stream"
    )
    STREAM_HEARTBEAT: float = Field(
        10.0, gt=0, le=10, description="seconds between two heartbeats; the page waits for two"
    )
    STREAM_GZIP: bool = Field(
        True, description="compress streams for clients that accept it, once for all of them"
    )
    STREAM_WINDOW: int = Field(
        10_000, ge=100, description="entries kept in memory for streams that resume"
    )
    STREAM_WINDOW_MIB: int = Field(
        64, ge=1, description="MiB that they may take; where they are large they are fewer"
    )
    TILE_WINDOW_MIB: int = Field(
        1,
        ge=1,
        description="MiB of JSON kept for the tiles of one producer; of each subject shown, up to "
        "an eighth",
    )
    SUBJECT_TILES: int = Field(
        50, ge=1, le=200, description="tiles that one tile with `each` becomes; more are counted"
    )
    STREAM_STALL: float = Field(
        10.0, gt=0, description="seconds a client may take no byte before it is cut"
    )
    STREAM_MAX: int = Field(
        20_000,
        ge=1,
        description="streams open at once in one process; at most its descriptors less 64",
    )
    STREAM_MAX_PER_CLIENT: int | None = Field(
        1_000, ge=1, description="streams open at once for one client address; `None`: any number"
    )
    STREAM_MAX_PER_BROWSER: int | None = Field(
        4,
        ge=1,
        description="tile streams that one browser keeps open over HTTP/1.1; further ones get the "
        "tiles every few seconds; `None`: any number",
    )
    STREAM_DRAIN: float = Field(
        3.0, ge=0, description="seconds over which streams are sent away at a stop"
    )
    INGEST_MAX_BYTES: int = Field(1_048_576, ge=1024, description="bytes of one POST body")
    INGEST_MAX_BATCH: int = Field(1_000, ge=1, description="events of one POST")
    INGEST_MAX_DEPTH: int = Field(32, ge=1, le=100, description="nesting of one JSON body")
    INGEST_MAX_KEYS: int = Field(1_000, ge=1, description="members of one event's objects in all")
    INGEST_RATE: str | None = Field(
        None,
        pattern=r"^[1-9][0-9]{0,8}/[smh]$",
        description="events that one token may send, per `s`, `m` or `h`; `None`: any number",
    )
    INGEST_TIMEOUT: float = Field(
        15.0, gt=0, description="seconds a client may take to send its body"
    )
    ROLLUPS: dict[Step, Kept] = Field(
        {"10s": "2d", "1m": "30d", "15m": "1095d", "6h": None},
        description="how long what charts draw is kept, by its step; `None`: for ever",
    )
    AUTO_PRODUCERS_MAX: int = Field(
        100,
        ge=0,
        le=1_000,
        description="producers that POSTs make of new names; 0: no new names",
    )
    AUTO_PRODUCERS_DASHBOARD: str | None = Field(
        None,
        description="slug of the dashboard that tiles of stored producers join; `None`: the first",
    )
    PICTURES_DIR: Path | None = Field(
        None, description="where pictures are kept; `None`: none are taken"
    )
    PICTURE_MAX_BYTES: int = Field(
        8_388_608, ge=1024, description="bytes of one picture as it is sent"
    )
    PICTURE_MAX_PIXELS: int = Field(40_000_000, ge=1, description="width x height of one picture")
    PICTURES_MAX_BYTES: int = Field(
        2_147_483_648,
        ge=0,
        description="bytes of all pictures that are kept; beyond it the oldest go",
    )


@cache
def conf() -> Conf:
    """Return the settings as they are now. Raises ImproperlyConfigured, naming each fault."""
    given = {name: getattr(settings, name) for name in Conf.model_fields if hasattr(settings, name)}
    try:
        return Conf(**given)
    except ValidationError as error:
        raise ImproperlyConfigured("; ".join(faults(error))) from error


def faults(error: ValidationError) -> list[str]:
    """Return one sentence per fault: the setting, its value, what is legal."""
    return [
        f"{'.'.join(map(str, fault['loc']))} is {fault['input']!r:.80}: {fault['msg']}"
        for fault in error.errors()
    ]


def _forget(*, setting: str, **_: object) -> None:
    if setting in Conf.model_fields or setting == "DEBUG":
        conf.cache_clear()


setting_changed.connect(_forget)
