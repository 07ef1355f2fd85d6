"""What the wheel brings into another's project, and what it leaves out."""

from pathlib import Path
from zipfile import ZipFile

from tests.support.rooms import ROOT
from tests.support.wheel import wheel


def files_below(folder: str) -> set[str]:
    """Return the files of a folder of this tree, by their paths in it."""
    return {
        str(path.relative_to(ROOT / folder))
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_has_the_two_apps_and_nothing_of_this_site() -> None:
    names = ZipFile(wheel()).namelist()

    tops = {Path(name).parts[0] for name in names if ".dist-info/" not in name}
    assert tops == {"dashboard", "producers"}
    for app in ("dashboard", "producers"):
        inside = {name.removeprefix(f"{app}/") for name in names if name.startswith(f"{app}/")}
        assert {name for name in inside if not name.startswith("templates/")} == files_below(app)


def test_templates_are_where_django_looks_for_those_of_an_app() -> None:
    names = {name for name in ZipFile(wheel()).namelist() if "/templates/" in name}

    assert names == {
        f"dashboard/templates/dashboard/{name}" for name in files_below("templates/dashboard")
    }
    assert "dashboard/templates/dashboard/tile.html" in names
