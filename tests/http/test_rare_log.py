"""RareLog: a line a minute, that tells how many it stands for."""

import logging

import pytest

from dashboard.http.rare_log import RareLog


def test_a_line_a_minute_tells_how_many_were_left_out(caplog: pytest.LogCaptureFixture) -> None:
    now = 0.0
    log = RareLog(logging.getLogger("rare"), clock=lambda: now)

    for now in (0.0, 1.0, 59.9, 60.0, 121.0):
        log.warning("refused host=%s", f"h{now:g}")

    assert [record.getMessage() for record in caplog.records] == [
        "refused host=h0",
        "refused host=h60; 2 more since the last line",
        "refused host=h121",
    ]
