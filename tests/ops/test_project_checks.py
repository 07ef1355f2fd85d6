"""What `manage.py check` says of a project that the wall cannot be right in."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import CheckMessage
from django.test import override_settings

from dashboard.access.checks import check_access
from dashboard.ops.project_checks import check_project

urlpatterns: list[Any] = []


def ids(messages: list[CheckMessage]) -> list[str | None]:
    return [message.id for message in messages]


def test_this_site_is_such_a_project() -> None:
    assert check_project(None) == []


@pytest.mark.parametrize(
    ("setting", "value", "id_", "told"),
    [
        ("USE_TZ", False, "dashboard.E051", "USE_TZ is False"),
        ("ROOT_URLCONF", __name__, "dashboard.E052", 'include("dashboard.urls")'),
        ("STATIC_URL", "https://cdn.example/s/", "dashboard.W055", "'https://cdn.example/s/'"),
        (
            "TEMPLATES",
            [{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
            "dashboard.E053",
            "APP_DIRS",
        ),
    ],
)
def test_a_setting_that_the_wall_cannot_live_with(
    setting: str, value: object, id_: str, told: str
) -> None:
    with override_settings(**{setting: value}):
        messages = check_project(None)

    assert ids(messages) == [id_]
    assert told in f"{messages[0].msg} {messages[0].hint}"


@pytest.mark.parametrize("app", ["producers", "django_htmx"])
def test_an_app_that_is_missing_is_named(app: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Not with override_settings, which would load the apps anew.
    there = [name for name in settings.INSTALLED_APPS if name != app]
    monkeypatch.setattr(settings, "INSTALLED_APPS", there)

    (message,) = check_project(None)

    assert message.id == "dashboard.E050"
    assert repr(app) in message.msg


@pytest.fixture
def shadow(tmp_path: Path) -> Iterator[Path]:
    """Return a template of the project's own by the name of one of ours."""
    mine = tmp_path / "dashboard" / "base.html"
    mine.parent.mkdir()
    mine.write_text("mine")
    # Neither of these hides anything of ours.
    for name in ("base.html", "404.html", "dashboard/mine.html"):
        (tmp_path / name).write_text("mine")
    first: dict[str, Any] = settings.TEMPLATES[0]
    with override_settings(TEMPLATES=[{**first, "DIRS": [tmp_path, *first["DIRS"]]}]):
        yield mine


def test_a_template_that_hides_one_of_ours_is_named(shadow: Path) -> None:
    (message,) = check_project(None)

    assert message.id == "dashboard.W054"
    assert f"'dashboard/base.html' is drawn from {shadow}" in message.msg


@pytest.mark.parametrize(("speaks", "told"), [("django.core", ["dashboard.W056"]), ("daphne", [])])
def test_a_runserver_that_speaks_wsgi_is_told(
    speaks: str, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.ops.project_checks.get_commands", lambda: {"runserver": speaks})
    assert check_project(None) == []

    monkeypatch.setattr(sys, "argv", ["manage.py", "runserver"])

    assert ids(check_project(None)) == told


@pytest.mark.parametrize(
    ("url", "told"), [("/nowhere/", ["dashboard.W032"]), ("dashboard:login", []), ("/login/", [])]
)
def test_a_login_url_that_leads_nowhere_is_told(url: str, told: list[str]) -> None:
    with override_settings(ACCESS="login", LOGIN_URL=url):
        assert ids(check_access(None)) == told
