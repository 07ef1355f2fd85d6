"""Replaying: the streams that are still being sent what they missed."""

from dashboard.live.audience import Audience
from dashboard.live.subscriber import Subscriber


class Replaying(Audience):
    """Nothing is written to them here; but like all others they are cut and sent away."""

    def __init__(self) -> None:
        super().__init__(0, lambda: None)

    @property
    def mark(self) -> int:
        return 0

    def _news(self) -> bytes:
        return b""

    def _missed(self, subscriber: Subscriber) -> bytes:
        return b""
