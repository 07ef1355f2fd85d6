"""build: which version of templates, styles and code this process draws pages with."""

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import get_template

_STYLES = "dashboard/wall.css"
_PAGE = "dashboard/dashboard.html"


@cache
def build() -> str:
    """Return a digest of them; a page that was drawn with another one is to be loaded again."""
    digest = hashlib.sha256(_version().encode())
    for folder in (_folder_of_templates(), _folder_of_styles()):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _version() -> str:
    try:
        return version("eventwall")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return ""


def _folder_of_templates() -> Path:
    template: Any = get_template(_PAGE)
    return Path(template.origin.name).parent


def _folder_of_styles() -> Path:
    found = finders.find(_STYLES)
    return Path(str(found)).parent
