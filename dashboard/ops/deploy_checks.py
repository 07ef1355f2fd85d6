"""System checks of `manage.py check --deploy`: what is safe on a desk, and not on a network."""

from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Info
from django.core.checks import Warning as CheckWarning
from django.core.checks.security.base import (
    SECRET_KEY_INSECURE_PREFIX,
    SECRET_KEY_MIN_LENGTH,
    SECRET_KEY_MIN_UNIQUE_CHARACTERS,
)
from django.core.exceptions import ImproperlyConfigured

from dashboard.conf import Conf, conf
from dashboard.tiles.site import make_site

_THIS_MACHINE: Final = frozenset({"localhost", ".localhost", "127.0.0.1", "[::1]"})


def check_deployment(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """dashboard.W040 to W045 and I046: who could look, sign or send who is not to."""
    try:
        told = conf()
    except ImproperlyConfigured:  # dashboard.E001 says it
        return []
    return [
        *_debug(),
        *_secret_key(),
        *_any_host(),
        *_plain_sign_in(told),
        *_public_pictures(told),
        *_plain_parents(told),
        *_any_rate(told),
    ]


def _debug() -> list[CheckMessage]:
    if not settings.DEBUG:
        return []
    return [
        CheckWarning(
            "DEBUG is True: whoever is on this machine may post without a token of their own, and "
            "faults show the code and its variables.",
            hint="Leave EVENTWALL_DEBUG out, and make tokens with `manage.py ingest_token create`.",
            id="dashboard.W040",
        )
    ]


def _secret_key() -> list[CheckMessage]:
    key = settings.SECRET_KEY
    if key.startswith(SECRET_KEY_INSECURE_PREFIX):
        fault = f"begins with {SECRET_KEY_INSECURE_PREFIX!r}, as keys do that Django made for a try"
    elif len(key) < SECRET_KEY_MIN_LENGTH:
        fault = f"has {len(key)} characters (legal: {SECRET_KEY_MIN_LENGTH} or more)"
    elif len(set(key)) < SECRET_KEY_MIN_UNIQUE_CHARACTERS:
        fault = f"has {len(set(key))} different characters"
    else:
        return []
    return [
        CheckWarning(
            f"SECRET_KEY {fault}: who guesses it signs tickets for every tile, and reads the "
            "webhook secrets in a copy of the database.",
            hint="Leave EVENTWALL_SECRET_KEY out: a key is made and kept in EVENTWALL_DATA_DIR.",
            id="dashboard.W041",
        )
    ]


def _any_host() -> list[CheckMessage]:
    if "*" not in settings.ALLOWED_HOSTS:
        return []
    return [
        CheckWarning(
            "ALLOWED_HOSTS has '*': the wall answers to every name, also to one by which another "
            "site reaches it through its visitors' browsers.",
            hint="Name the hosts by which it is asked for, as in "
            "EVENTWALL_ALLOWED_HOSTS=wall.example.org,127.0.0.1.",
            id="dashboard.W042",
        )
    ]


def _plain_sign_in(told: Conf) -> list[CheckMessage]:
    lacking = [
        name
        for name in ("SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")
        if not getattr(settings, name)
    ]
    if told.ACCESS != "login" or not lacking:
        return []
    return [
        CheckWarning(
            f"ACCESS is 'login', but {_and(lacking)} {'is' if len(lacking) == 1 else 'are'} False: "
            "passwords and sessions may pass the network in plain HTTP.",
            hint="Serve it behind TLS and set EVENTWALL_HTTPS=1; docs/deploy.md shows how.",
            id="dashboard.W043",
        )
    ]


def _public_pictures(told: Conf) -> list[CheckMessage]:
    registry = make_site().producers
    seen = [
        alias
        for alias, producer in registry.items()
        if producer.takes_pictures and alias not in registry.readers
    ]
    if told.ACCESS != "public" or told.PICTURES_DIR is None or not seen:
        return []
    return [
        CheckWarning(
            f"ACCESS is 'public', so whoever reaches the wall sees the pictures of {_and(seen)}.",
            hint="Set EVENTWALL_ACCESS=login, or PICTURES_DIR = None to keep none. If everybody "
            'may see them: SILENCED_SYSTEM_CHECKS = ["dashboard.W044"].',
            id="dashboard.W044",
        )
    ]


def _plain_parents(told: Conf) -> list[CheckMessage]:
    plain = [origin for origin in told.EMBED_ORIGINS if origin.startswith("http:")]
    if not plain:
        return []
    return [
        CheckWarning(
            f"EMBED_ORIGINS has {_and(plain)}: who is on the way to a page over plain HTTP can "
            "change it, and read what it may show.",
            hint="Name origins with https:// alone.",
            id="dashboard.W045",
        )
    ]


def _any_rate(told: Conf) -> list[CheckMessage]:
    if told.INGEST_RATE is not None or _THIS_MACHINE.issuperset(settings.ALLOWED_HOSTS):
        return []
    return [
        Info(
            "INGEST_RATE is None: a token without a rate of its own may send as much as the log "
            "takes, and nobody else then gets in.",
            hint="Set EVENTWALL_INGEST_RATE, such as 1000/s; a token may have another with --rate.",
            id="dashboard.I046",
        )
    ]


def _and(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
