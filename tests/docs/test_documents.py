"""Every document: its links, commands and files exist, and what it shows can be read."""

import json
import re
import textwrap
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

from tests.support.documents import ROOT, blocks, prose

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])

every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


@every_document
def test_links_lead_somewhere(document: Path) -> None:
    text = prose(document)
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?://", target):
            continue
        path, _, anchor = target.partition("#")
        linked = (document.parent / path) if path else document
        if not linked.exists() or (anchor and anchor not in anchors(linked)):
            broken.append(target)

    assert broken == []


def anchors(document: Path) -> set[str]:
    """Return the anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose(document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@every_document
def test_commands_exist_and_take_their_options(document: Path) -> None:
    for script in [*blocks(document, "bash"), *blocks(document, "ini")]:
        for name, rest in re.findall(r"manage\.py (\w+)([^\n]*)", script):
            app = get_commands().get(name)
            assert app is not None, f"{document.name}: there is no command {name!r}"
            known = help_of(load_command_class(app, name), name)
            for option in re.findall(r"(?<=\s)--[\w-]+", rest):
                assert option in known, f"{document.name}: {name} has no {option}"


def help_of(command: BaseCommand, name: str) -> str:
    """Return the help of a command, and of its actions if it has some."""
    parser = command.create_parser("manage.py", name)
    nested = [action.choices for action in parser._actions if isinstance(action.choices, dict)]
    return parser.format_help() + "".join(
        inner.format_help() for choices in nested for inner in choices.values()
    )


@every_document
def test_makefile_targets_exist(document: Path) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    text = document.read_text()
    used = re.findall(r"^make ([a-z-]+)", "\n".join(blocks(document, "bash")), re.MULTILINE)
    used += re.findall(r"`make ([a-z-]+)`", text)

    assert [target for target in used if target not in targets] == []


@every_document
def test_files_named_in_words_exist(document: Path) -> None:
    """A path in backquotes is one of ours, or one that the reader is told to make."""
    made = {"producers/dice.py", "templates/producers/dice.html", "producers/door.py"}
    text = prose(document)
    named = re.findall(
        r"`((?:producers|dashboard|site_config|templates|tests|docs|examples|benchmarks)"
        r"/[\w./-]+\.(?:py|html|md|css|sh|png))`",
        text,
    )

    assert [path for path in named if not (ROOT / path).exists() and path not in made] == []


@every_document
def test_nothing_in_it_is_of_this_machine_or_unfinished(document: Path) -> None:
    text = document.read_text()

    # Split, so that this file does not find itself when it is searched for the same.
    machine = re.findall(r"(?:/ro" r"ot/|/ho" r"me/|/t" r"mp/|/Us" r"ers/|index" r"-url)", text)
    unfinished = re.findall(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX|T" r"BD|coming" r" soon)\b", text)

    assert machine + unfinished == []


@every_document
def test_python_in_it_can_be_read(document: Path) -> None:
    for source in blocks(document, "python"):
        # A row of a dict begins with spaces; anything else may yield or await.
        row = "{\n" + source + "}"
        body = "async def read():\n" + textwrap.indent(source, "    ")
        compile(row if source.startswith(" ") else body, document.name, "exec")


@every_document
def test_json_in_it_can_be_read(document: Path) -> None:
    for source in blocks(document, "json"):
        json.loads(source)
