"""What a scaffolding command writes, and what it says."""

import io
from pathlib import Path

from django.core.management import call_command


def scaffold(command: str, name: str, directory: Path) -> str:
    """Run startproducer or startwidget in `directory`; return what it printed."""
    out = io.StringIO()
    call_command(command, name, directory=directory, stdout=out)
    return out.getvalue()


def files_in(directory: Path) -> list[str]:
    return sorted(str(p.relative_to(directory)) for p in directory.rglob("*") if p.is_file())
