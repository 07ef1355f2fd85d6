"""Sites that stored rows make: what is taken over from the one before, where tiles go."""

from typing import Any

import pytest

from dashboard.tiles.site import layout_of, make_site
from dashboard.tiles.stored import Stored

NOTES = {"BACKEND": "producers.notes.NotesProducer"}
READINGS = {"BACKEND": "producers.readings.ReadingsProducer"}


@pytest.fixture(autouse=True)
def declared(settings: Any) -> None:
    settings.PRODUCERS = {"notes": NOTES}
    settings.DASHBOARDS = {}


def ids(stored: Stored, slug: str = "main") -> list[str]:
    return [tile.id for tile in make_site(stored).dashboards[slug].tiles]


def test_what_is_the_same_is_the_same_object() -> None:
    before = make_site(Stored({"kitchen": READINGS}))

    after = make_site(Stored({"kitchen": {**READINGS, "OPTIONS": {"title": "Kitchen"}}}), before)

    assert after.producers["notes"] is before.producers["notes"]
    assert after.tiles["notes"] is before.tiles["notes"]
    assert after.producers["kitchen"] is not before.producers["kitchen"]
    assert after.tiles["kitchen"].title == "Kitchen"
    assert after.version != before.version
    assert make_site(Stored({"kitchen": READINGS})).version == before.version


def test_a_stored_producer_joins_the_first_dashboard_unless_another_has_it(settings: Any) -> None:
    settings.DASHBOARDS = {
        "hall": {"tiles": [{"producer": "notes"}]},
        "lab": {"tiles": [{"producer": "notes", "id": "lab-notes"}]},
    }
    assert ids(Stored({"kitchen": READINGS}), "hall") == ["notes", "kitchen"]

    own = {"shelf": {"title": "Shelf", "tiles": [{"producer": "kitchen"}]}}
    assert ids(Stored({"kitchen": READINGS}, own), "hall") == ["notes"]
    assert ids(Stored({"kitchen": READINGS}, own), "shelf") == ["kitchen"]


def test_a_dashboard_of_all_producers_names_none_of_them(settings: Any) -> None:
    settings.DASHBOARDS = {
        "hall": {"tiles": [{"producer": "notes"}]},
        "all": {"title": "Everything"},
    }
    assert ids(Stored({"kitchen": READINGS}), "hall") == ["notes", "kitchen"]
    assert ids(Stored({"kitchen": READINGS}), "all") == ["notes", "kitchen"]

    settings.AUTO_PRODUCERS_DASHBOARD = "all"
    assert ids(Stored({"kitchen": READINGS}), "hall") == ["notes"]


def test_a_setting_names_the_dashboard_that_stored_producers_join(settings: Any) -> None:
    settings.DASHBOARDS = {
        "hall": {"tiles": [{"producer": "notes"}]},
        "lab": {"tiles": [{"producer": "notes", "id": "lab-notes"}]},
    }
    settings.AUTO_PRODUCERS_DASHBOARD = "lab"
    assert ids(Stored({"kitchen": READINGS}), "lab") == ["lab-notes", "kitchen"]

    settings.AUTO_PRODUCERS_DASHBOARD = "gone"
    assert ids(Stored({"kitchen": READINGS}), "hall") == ["notes", "kitchen"]


def test_the_settings_win_and_a_broken_row_is_left_out_and_told() -> None:
    gone = {"shelf": {"title": "Shelf", "tiles": [{"producer": "gone"}, {"producer": "notes"}]}}
    site = make_site(Stored({"notes": READINGS}, gone))

    assert site.producers["notes"].event_type == "note"
    assert [tile.id for tile in site.dashboards["shelf"].tiles] == ["notes"]
    (fault,) = site.faults
    assert "'gone'" in str(fault)


def test_the_layout_changes_with_tiles_titles_and_links_alone() -> None:
    before = make_site()
    louder = Stored({}, {"lab": {"title": "Lab", "tiles": []}})

    assert layout_of(make_site().dashboards, "main") == layout_of(before.dashboards, "main")
    assert layout_of(make_site(louder).dashboards, "main") != layout_of(before.dashboards, "main")
