"""docs/django.md: what it shows is run, and what it says of refusals is so."""

from typing import Any

import pytest

from dashboard.http.problems import PROBLEMS
from dashboard.models import LogEntry
from tests.support.documents import ROOT, blocks, cell, rows

DJANGO = ROOT / "docs" / "django.md"


def test_sending_is_on_the_first_screen() -> None:
    assert "send(" in "\n".join(DJANGO.read_text().splitlines()[:20])


@pytest.mark.django_db(transaction=True)
def test_what_it_shows_sends_and_is_refused(
    settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.PRODUCERS = {
        "orders": {"BACKEND": "producers.base.Producer"},
        "notes": {"BACKEND": "producers.notes.NotesProducer"},
    }
    for source in [block for block in blocks(DJANGO, "python") if "send(" in block]:
        exec(source, {})

    (row,) = LogEntry.objects.all()
    said = capsys.readouterr().out
    assert (row.subject, row.key, row.data) == ("7", "paid-7", '{"text":"order 7 paid"}')
    assert said.startswith("invalid-event producer 'notes' does not take this: #/level")


def test_the_codes_it_names_are_those_of_a_post() -> None:
    named = [cell(row) for row in rows("docs/django.md", "Send an event") if "-" in cell(row)]

    assert "key-conflict" in named
    assert [code for code in named if code not in PROBLEMS] == []
