"""AutoWidget: looks at what comes, and draws it as the widget that suits it."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from dashboard.log.base import Entry
from dashboard.pictures.names import is_picture_id
from dashboard.widgets.base import Widget
from dashboard.widgets.detections import DetectionsWidget
from dashboard.widgets.feed import FeedWidget
from dashboard.widgets.measures import histories
from dashboard.widgets.metrics import MetricsWidget
from dashboard.widgets.number import NumberWidget
from dashboard.widgets.picture import PictureWidget

_DETECTIONS: Final = DetectionsWidget()
_PICTURE: Final = PictureWidget()
_NUMBER: Final = NumberWidget()
_METRICS: Final = MetricsWidget()
_FEED: Final = FeedWidget()


class AutoWidget(Widget):
    """Draws detections, a picture, one number or several, and else texts, by the newest entry."""

    template_name = "dashboard/widgets/auto.html"
    depth: ClassVar[int] = 60

    def picture(self, entries: Sequence[Entry]) -> str | None:
        return suited(entries).picture(entries)

    def context(self, entries: Sequence[Entry]) -> dict[str, Any]:
        widget = suited(entries)
        name = widget.template_name
        context = widget.context(entries[-widget.depth :])
        return {**context, "chosen": name, "chosen_still": name.removesuffix(".html") + ".svg"}


def suited(entries: Sequence[Entry]) -> Widget:
    """Return the widget for the newest of `entries`; there is at least one."""
    data = entries[-1].event.data
    if isinstance(data.get("detections"), list):
        return _DETECTIONS
    if is_picture_id(data.get("picture")):
        return _PICTURE
    measures = histories(entries[-1:])
    if not measures or isinstance(data.get("text"), str):
        return _FEED
    return _NUMBER if len(measures) == 1 else _METRICS
