"""Two walls on one host: browsers keep one jar for all its ports, so each wall names its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.support.rooms import ROOT

TELL = """
import json
from django.conf import settings
names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "TICKET_COOKIE_NAME")
print(json.dumps([getattr(settings, name) for name in names]))
"""


def cookies_of(data: Path, **environment: str) -> list[str]:
    """Return the names of all cookies of a wall that keeps its secret key in `data`."""
    there = {"DJANGO_SETTINGS_MODULE": "site_config.settings", "EVENTWALL_DATA_DIR": str(data)}
    inherited = {name: value for name, value in os.environ.items() if "COOKIE" not in name}
    told = subprocess.check_output(
        [sys.executable, "-c", TELL], cwd=ROOT, env=inherited | there | environment, text=True
    )
    names: list[str] = json.loads(told)
    return names


def test_two_walls_have_no_cookie_in_common_and_each_keeps_its_names(tmp_path: Path) -> None:
    one, again, other = (cookies_of(tmp_path / name) for name in ("one", "one", "other"))

    assert one == again
    assert len({*one, *other}) == 6
    assert {"sessionid", "csrftoken", "eventwall_ticket"}.isdisjoint(one + other)


def test_an_operator_may_name_them(tmp_path: Path) -> None:
    named = cookies_of(tmp_path / "one", EVENTWALL_COOKIE_PREFIX="hall")

    assert named == ["hall_session", "hall_csrf", "hall_ticket"]
