"""Epoch: the first half of every entry id, by which one log is told from another."""

import secrets
from datetime import datetime


def new_epoch(now: datetime) -> str:
    """Return a name that no other log has: hexadecimal, at most 20 characters."""
    return f"{int(now.timestamp() * 1000):x}{secrets.token_hex(3)}"
