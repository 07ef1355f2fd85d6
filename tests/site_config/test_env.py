"""What the environment says, and what it cannot say."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from site_config.database import postgres_at
from site_config.env import read_env, secret_key_in
from site_config.time_zone import local_time_zone


@pytest.mark.parametrize(
    ("said", "zone"),
    [("Asia/Tokyo", "Asia/Tokyo"), (":Asia/Tokyo", "Asia/Tokyo"), ("EST5EDT",) * 2],
)
def test_a_zone_that_has_a_name_is_the_walls(
    said: str, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", said)

    assert local_time_zone() == zone


@pytest.mark.parametrize("said", ["JST-9", "UTC0", "<+09>-9", "Nowhere/Land"])
def test_a_zone_without_a_name_is_told_with_what_to_set(
    said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", said)

    with pytest.raises(
        ImproperlyConfigured, match=f"TZ is '{re.escape(said)}'.*EVENTWALL_TIME_ZONE"
    ):
        local_time_zone()


def test_the_key_is_made_once(tmp_path: Path) -> None:
    made = secret_key_in(tmp_path / "new" / "var")

    assert len(made) >= 50
    assert secret_key_in(tmp_path / "new" / "var") == made


def test_a_directory_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(
        ImproperlyConfigured, match=r"EVENTWALL_DATA_DIR is .*file/var.*Not a direc"
    ):
        secret_key_in(tmp_path / "file" / "var")


def test_a_database_url_is_read_and_a_bad_one_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = postgres_at("postgresql://us%40er:pass%2Fword@db.example.org:5433/wall?sslmode=require")
    monkeypatch.setenv("EVENTWALL_DATABASE_URL", "mysql://user:hush@db.example.org/wall")

    with pytest.raises(ImproperlyConfigured) as told:
        read_env()

    assert {name: row[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME")} == {
        "USER": "us@er",
        "PASSWORD": "pass/word",
        "HOST": "db.example.org",
        "PORT": "5433",
        "NAME": "wall",
    }
    assert row["OPTIONS"] == {"sslmode": "require"}
    assert "EVENTWALL_DATABASE_URL is not what it may be" in str(told.value)
    assert "legal is postgresql://" in str(told.value)
    assert "hush" not in str(told.value)
