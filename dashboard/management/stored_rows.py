"""StoredRowCommand: adds, removes and lists rows of the Site that are kept in the database."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from dashboard.tiles.changes import BadChange


class StoredRowCommand(BaseCommand, ABC):
    """A command with the actions add, remove and list; `row` is the argument that names one."""

    requires_system_checks = []
    row: ClassVar[str]

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        if action == "list":
            return self.list()
        try:
            done, untold = getattr(self, action)(options[self.row], options)
        except (BadChange, ImproperlyConfigured) as error:
            raise CommandError(f"{str(error).rstrip('.')}. Nothing was changed.") from error
        self.stdout.write(done)
        if untold:
            self.stderr.write(untold)

    @abstractmethod
    def add(self, name: str, options: dict[str, Any]) -> tuple[str, str | None]:
        """Store the row; return what was done, and why running servers could not be told."""

    @abstractmethod
    def remove(self, name: str, options: dict[str, Any]) -> tuple[str, str | None]:
        """Remove the row; returns as `add` does."""

    @abstractmethod
    def list(self) -> None:
        """Write a line for each row, stored or of the settings."""
