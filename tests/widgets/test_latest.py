"""The newest entry of each subject."""

from dashboard.widgets.latest import latest_by_subject, natural, rows_for
from tests.support.drawn import told


def test_each_subject_has_its_newest_entry() -> None:
    rows = told(("hall", {"v": 1}), ("attic", {"v": 2}), ("hall", {"v": 3}), (None, {"v": 4}))

    latest = latest_by_subject(rows)

    assert [(one.event.subject, one.event.data["v"]) for one in latest] == [
        (None, 4),
        ("attic", 2),
        ("hall", 3),
    ]


def test_names_are_sorted_as_people_count() -> None:
    names = ["press 10", "Press 2", "press 1b", "", "７", "10", "9", "press"]

    assert sorted(names, key=natural) == [
        "",
        "9",
        "10",
        "press",
        "press 1b",
        "Press 2",
        "press 10",
        "７",
    ]


def test_rows_have_room() -> None:
    assert [rows_for(count, (1, 2, 4)) for count in (0, 1, 2, 3, 4, 5)] == [1, 1, 2, 4, 4, 4]
