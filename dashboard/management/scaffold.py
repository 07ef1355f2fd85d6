"""Scaffold: a command that writes the files of something new, and never over what is there."""

import keyword
import re
from pathlib import Path
from string import Template
from typing import Any, ClassVar, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

LEGAL_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,29}")
LEGAL_NAME_HELP: Final = "1 to 30 of a-z 0-9 _, starting with a letter, and no Python keyword"


class Scaffold(BaseCommand):
    """Writes `files`, path → text, and prints `then`. In all of them stand $name, $cls and $title.

    `noun` is what it makes; `refusal` says of a legal module's name why it cannot be one's name.
    """

    noun: ClassVar[str]
    files: ClassVar[dict[str, str]]
    then: ClassVar[str]
    # What is wrong with the settings now must not keep anyone from writing something new.
    requires_system_checks: list[str] = []

    def refusal(self, name: str, directory: Path) -> str | None:
        """Return why nothing can be written by that name there, and what to do; else None."""
        return None

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help=f"the name of its module: {LEGAL_NAME_HELP}")
        parser.add_argument(
            "--directory",
            type=Path,
            default=Path(getattr(settings, "BASE_DIR", ".")),
            help="the project that it is for (default: BASE_DIR in the settings)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        name: str = options["name"]
        directory: Path = options["directory"]
        self._refuse(name, directory)
        words = {
            "name": name,
            "cls": "".join(part.capitalize() for part in name.split("_")) + self.noun.capitalize(),
            "title": name.replace("_", " ").strip().capitalize(),
        }
        for path, text in self.files.items():
            file = directory / Template(path).substitute(words)
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("x", encoding="utf-8") as opened:
                opened.write(Template(text).substitute(words))
            self.stdout.write(f"wrote {file.relative_to(directory)}")
        self.stdout.write("\n" + Template(self.then).substitute(words))

    def _refuse(self, name: str, directory: Path) -> None:
        if not LEGAL_NAME.fullmatch(name) or keyword.iskeyword(name):
            raise CommandError(f"{name!r} cannot name a {self.noun}'s module ({LEGAL_NAME_HELP})")
        reason = self.refusal(name, directory)
        if reason is not None:
            raise CommandError(reason)
        files = [directory / Template(path).substitute(name=name) for path in self.files]
        there = [str(file.relative_to(directory)) for file in files if file.exists()]
        if there:
            raise CommandError(
                f"{', '.join(there)} is there already, and nothing was written;"
                " choose another name, or remove it first"
            )
