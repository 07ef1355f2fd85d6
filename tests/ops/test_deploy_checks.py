"""`manage.py check --deploy`: silent with the documented settings, and clear about all others."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import CheckMessage, run_checks
from django.test import override_settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "docs" / "deploy.md"

SAFE: dict[str, Any] = {
    "ALLOWED_HOSTS": ["wall.example.org", "127.0.0.1"],
    "ACCESS": "login",
    "INGEST_RATE": "1000/s",
    "SECURE_SSL_REDIRECT": True,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SECURE_HSTS_SECONDS": 3600,
    "SILENCED_SYSTEM_CHECKS": ["security.W005", "security.W021"],
}
CAMERA = {"BACKEND": "producers.detections.DetectionProducer"}
CASES: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "debug": ("W040", {"DEBUG": True}, "without a token of their own", "EVENTWALL_DEBUG"),
    "short key": ("W041", {"SECRET_KEY": "abcdefgh"}, "has 8 characters", "EVENTWALL_SECRET_KEY"),
    "dull key": ("W041", {"SECRET_KEY": "abc" * 30}, "has 3 different", "EVENTWALL_SECRET_KEY"),
    "key of a new project": (
        "W041",
        {"SECRET_KEY": "django-insecure-" + "abcdefghijklmnopqrst" * 4},
        "begins with 'django-insecure-'",
        "EVENTWALL_SECRET_KEY",
    ),
    "any host": ("W042", {"ALLOWED_HOSTS": ["*"]}, "has '*'", "EVENTWALL_ALLOWED_HOSTS="),
    "plain cookie": (
        "W043",
        {"SESSION_COOKIE_SECURE": False},
        "but SESSION_COOKIE_SECURE is False",
        "EVENTWALL_HTTPS=1",
    ),
    "plain all": (
        "W043",
        {"SESSION_COOKIE_SECURE": False, "SECURE_SSL_REDIRECT": False, "CSRF_COOKIE_SECURE": False},
        "but SECURE_SSL_REDIRECT, SESSION_COOKIE_SECURE and CSRF_COOKIE_SECURE are False",
        "EVENTWALL_HTTPS=1",
    ),
    "public pictures": (
        "W044",
        {"ACCESS": "public", "PICTURES_DIR": "pictures", "PRODUCERS": {"hall": CAMERA}},
        "the pictures of hall",
        "EVENTWALL_ACCESS=login",
    ),
    "plain parent": (
        "W045",
        {"EMBED_ORIGINS": ["https://a.example", "http://b.example"]},
        "has http://b.example",
        "https://",
    ),
    "any rate": ("I046", {"INGEST_RATE": None}, "INGEST_RATE is None", "EVENTWALL_INGEST_RATE"),
}
HARMLESS: dict[str, dict[str, Any]] = {
    "as documented": {},
    "public without pictures": {"ACCESS": "public", "PRODUCERS": {}},
    "a camera whose pictures are not kept": {
        "ACCESS": "public",
        "PICTURES_DIR": None,
        "PRODUCERS": {"hall": CAMERA},
    },
    "a camera that nobody may read": {
        "ACCESS": "public",
        "PICTURES_DIR": "pictures",
        "PRODUCERS": {"hall": CAMERA | {"READERS": []}},
    },
    "a camera for who signs in": {"PICTURES_DIR": "pictures", "PRODUCERS": {"hall": CAMERA}},
    "any rate on one's own machine": {
        "INGEST_RATE": None,
        "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]"],
    },
    "a parent by TLS": {"EMBED_ORIGINS": ["https://a.example"]},
}


def ours(deployment: bool = True) -> list[CheckMessage]:
    """Return what our own checks of deployments say."""
    found = run_checks(include_deployment_checks=deployment)
    return [message for message in found if re.match(r"dashboard\.[WI]04", message.id or "")]


@pytest.mark.parametrize("name", CASES)
def test_what_is_not_safe_on_a_network_is_told_with_its_remedy(name: str) -> None:
    id_, unsafe, told, remedy = CASES[name]

    with override_settings(**SAFE | unsafe):
        found = ours()

    assert [message.id for message in found] == [f"dashboard.{id_}"]
    assert told in found[0].msg
    assert remedy in (found[0].hint or "")


@pytest.mark.parametrize("name", HARMLESS)
def test_nothing_is_said_of(name: str) -> None:
    with override_settings(**SAFE | HARMLESS[name]):
        assert ours() == []


def test_development_hears_nothing_of_it() -> None:
    with override_settings(DEBUG=True, ALLOWED_HOSTS=["*"], SECRET_KEY="x"):
        assert ours(deployment=False) == []
        assert len(ours()) >= 3


def test_settings_that_are_illegal_are_told_by_their_own_check() -> None:
    with override_settings(**SAFE | {"ACCESS": "perhaps", "DEBUG": True}):
        found = run_checks(include_deployment_checks=True)

    assert "dashboard.E001" in [message.id for message in found]


def test_every_check_is_documented() -> None:
    documented = re.findall(r"^\| `(dashboard\.\w+)` \|", DEPLOY.read_text(), re.MULTILINE)

    assert set(documented) == {f"dashboard.{id_}" for id_, *_ in CASES.values()}


def unit() -> dict[str, str]:
    """Return the environment of the documented systemd unit."""
    return dict(re.findall(r"^Environment=(EVENTWALL_\w+)=(.+)$", DEPLOY.read_text(), re.MULTILINE))


def check(directory: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `manage.py check` as an operator would, with these EVENTWALL_ variables alone."""
    clean = {name: value for name, value in os.environ.items() if "EVENTWALL" not in name}
    clean["DJANGO_SETTINGS_MODULE"] = "site_config.settings"
    return subprocess.run(
        [sys.executable, "manage.py", "check", *options],
        env=clean | environment | {"EVENTWALL_DATA_DIR": str(directory)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_documented_production_settings_are_clean(tmp_path: Path) -> None:
    environment = unit()
    assert environment["EVENTWALL_HTTPS"] == "1"

    done = check(tmp_path, "--deploy", "--fail-level", "DEBUG", **environment)

    assert (done.returncode, done.stderr) == (0, ""), done
    assert "no issues (2 silenced)" in done.stdout


def test_without_https_deployment_is_not_clean(tmp_path: Path) -> None:
    environment = unit() | {"EVENTWALL_HTTPS": "0"}

    done = check(tmp_path, "--deploy", "--fail-level", "WARNING", **environment)

    assert done.returncode == 1
    assert "dashboard.W043" in done.stderr
    assert "security.W010" in done.stderr  # the session cookie


@pytest.mark.parametrize("environment", [{}, {"EVENTWALL_DEBUG": "1"}], ids=["plain", "debug"])
def test_development_check_is_silent(environment: dict[str, str], tmp_path: Path) -> None:
    done = check(tmp_path, "--fail-level", "DEBUG", **environment)

    assert (done.returncode, done.stderr) == (0, ""), done
