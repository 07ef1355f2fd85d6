"""The pages while the log cannot be read."""

from typing import Any

import pytest

from dashboard.log.base import LogUnavailable
from dashboard.log.memory import MemoryLog
from dashboard.wall import current
from tests.views.conftest import Get


class DownLog(MemoryLog):
    """A log that cannot be read."""

    async def bounds(self) -> Any:
        raise LogUnavailable("the disk is gone")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/", "/d/main/", "/producers/notes/"])
async def test_a_page_says_so_and_looks_again_by_itself(settings: Any, get: Get, path: str) -> None:
    settings.EVENT_LOG = {"BACKEND": f"{__name__}.DownLog"}

    status, page = await get(path)
    wall, current._current = current.current(), None
    await wall.stop()

    assert status == 503
    assert "cannot be read just now" in page.text
    assert ("meta", {"http-equiv": "refresh", "content": "5"}) in page.tags
