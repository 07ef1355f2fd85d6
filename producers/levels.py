"""Levels: how bad a thing is, in the words and numbers that programs have for it."""

from typing import Final

_WORDS: Final = {
    "debug": ("trace", "verbose", "fine", "min", "low", "sev4", "デバッグ"),
    "info": ("information", "informational", "notice", "ok", "okay", "success", "normal",
             "default", "resolved", "none", "p4", "p5", "sev3", "情報", "通常", "正常"),
    "warn": ("warning", "minor", "high", "p3", "sev2", "警告", "注意"),
    "error": ("err", "critical", "crit", "fatal", "alert", "emergency", "emerg", "panic",
              "severe", "major", "max", "urgent", "failure", "disaster", "p1", "p2", "sev0", "sev1",
              "エラー", "異常", "重大", "緊急", "障害", "致命的"),
}  # fmt: skip
LEVELS: Final = frozenset(_WORDS)
_BY_WORD: Final = {word: level for level, words in _WORDS.items() for word in (level, *words)}

_STATES: Final = {
    "info": ("resolved", "ok", "up", "recovered", "success", "succeeded", "passed", "healthy",
             "maintenance", "info"),
    "warn": ("warning", "warn", "degraded", "pending", "unknown", "nodata", "no_data", "canceled",
             "cancelled", "timed_out"),
    "error": ("firing", "alerting", "down", "problem", "failed", "failure", "failing", "error",
              "critical", "triggered", "trigger", "unhealthy", "fired"),
}  # fmt: skip
_BY_STATE: Final = {word: level for level, words in _STATES.items() for word in words}

_SYSLOG: Final = ("error", "error", "error", "error", "warn", "info", "info", "debug")
_NTFY: Final = ("debug", "debug", "debug", "info", "warn", "error")
_PINO: Final = {10: "debug", 20: "debug", 30: "info", 40: "warn", 50: "error", 60: "error"}
_PYTHON: Final = {10: "debug", 20: "info", 30: "warn", 40: "error", 50: "error"}


def level_of(name: str, said: object) -> str | None:
    """Return the level that the member `name` says; None where it says none of those known.

    The numbers of `priority` are ntfy's (1 to 5, Gotify's up to 10), those of `PRIORITY` and all
    others syslog's, or those of Pino and Bunyan; `levelno` has Python's.
    """
    if isinstance(said, str):
        word = said.strip().lower()
        if word in _BY_WORD:
            return _BY_WORD[word]
        said = int(word) if word.isascii() and word.isdecimal() and len(word) < 3 else None
    if isinstance(said, float) and said.is_integer():  # some JSON writers know no other number
        said = int(said)
    if isinstance(said, bool) or not isinstance(said, int) or said < 0:
        return None
    if name.lower() == "levelno":
        return _PYTHON.get(said)
    if name.lower() == "priority" and name != "PRIORITY":
        return _NTFY[min(said, 5)] if said <= 10 else None
    return _SYSLOG[said] if said < len(_SYSLOG) else _PINO.get(said)


def level_of_state(said: object) -> str | None:
    """Return how bad a state is, such as `firing` or `resolved`; None for any other word."""
    return _BY_STATE.get(said.strip().lower()) if isinstance(said, str) else None
