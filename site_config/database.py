"""Database: what DATABASES is made of: SQLite in the data directory, or what a URL names."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def sqlite_in(data_dir: Path) -> dict[str, Any]:
    """Return a row of DATABASES for the file in `data_dir`."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": data_dir / "eventwall.sqlite3",
        "OPTIONS": {
            # As the log's own connections set it for themselves. Without IMMEDIATE, a transaction
            # that reads and then writes fails at once with "database is locked".
            "transaction_mode": "IMMEDIATE",
            "timeout": 5,
            "init_command": (
                "PRAGMA journal_mode=WAL;"
                "PRAGMA synchronous=FULL;"
                "PRAGMA journal_size_limit=33554432;"
            ),
        },
        "TEST": {"NAME": data_dir / "test.sqlite3"},
    }


def postgres_at(url: str) -> dict[str, Any]:
    """Return a row of DATABASES for postgresql://user:password@host:port/name?sslmode=require.

    What follows `?` are parameters of libpq. Raises ValueError for any other URL.
    """
    parts = urlsplit(url)
    name = unquote(parts.path.removeprefix("/"))
    if parts.scheme not in ("postgresql", "postgres") or not name or "/" in name:
        raise ValueError("legal is postgresql://USER:PASSWORD@HOST:PORT/NAME")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
        # One that lay idle may have been ended by the server.
        "CONN_HEALTH_CHECKS": True,
    }
