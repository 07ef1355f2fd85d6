"""Which subjects were spoken of lately, in which order, and how many at most."""

from dashboard.live.roster import MOST, Roster


def test_subjects_are_sorted_as_people_expect() -> None:
    roster = Roster(60)
    for name in ("press-10", "Press-2", "press-2", "", "press-1", "hall"):
        assert roster.hear(name, 0)

    assert roster.present(0, 60).names == ("", "hall", "press-1", "Press-2", "press-2", "press-10")


def test_who_was_silent_for_long_is_forgotten_and_comes_back() -> None:
    roster = Roster(60)
    roster.hear("early", 0)
    roster.hear("late", 50)

    assert roster.present(30, 20).names == ("late",)
    assert roster.present(60, 60).names == ("early", "late")
    assert roster.present(61, 60).names == ("late",)
    assert roster.hear("early", 70)
    assert not roster.hear("late", 70)
    assert roster.present(120, 60).names == ("early", "late")


def test_what_the_log_has_does_not_make_anybody_older() -> None:
    roster = Roster(60)
    roster.hear("hall", 100)

    roster.prime({"hall": 10, "attic": 90})

    assert roster.present(140, 60).names == ("attic", "hall")


def test_of_too_many_the_first_in_order_are_known_whichever_came_first() -> None:
    names = [f"p{number}" for number in range(MOST + 500)]
    forwards, backwards = Roster(60), Roster(60)
    for name in names:
        forwards.hear(name, 0)
    for name in reversed(names):
        backwards.hear(name, 0)

    assert forwards.present(0, 60).names == backwards.present(0, 60).names == tuple(names[:MOST])
    assert forwards.present(0, 60).is_least
    assert not forwards.present(61, 60).is_least
