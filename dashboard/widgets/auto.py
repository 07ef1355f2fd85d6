"""AutoWidget: looks at what comes, and draws it as the widget that suits it."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from dashboard.history.past import Past
from dashboard.log.base import Entry
from dashboard.widgets.auto_choice import chosen
from dashboard.widgets.bars import BarsWidget
from dashboard.widgets.base import ALONE, Beside, Widget
from dashboard.widgets.chart import ChartWidget
from dashboard.widgets.detections import DetectionsWidget
from dashboard.widgets.feed import FeedWidget
from dashboard.widgets.metrics import MetricsWidget
from dashboard.widgets.number import NumberWidget, of_span
from dashboard.widgets.picture import PictureWidget
from dashboard.widgets.progress import ProgressWidget
from dashboard.widgets.status import StatusWidget
from dashboard.widgets.table import TableWidget

_HOUR: Final = 3_600
_WIDGETS: Final[Mapping[str, Widget]] = {
    "bars": BarsWidget(),
    "chart": ChartWidget(),
    "detections": DetectionsWidget(),
    "feed": FeedWidget(),
    "metrics": MetricsWidget(),
    "number": NumberWidget(),
    "picture": PictureWidget(),
    "progress": ProgressWidget(),
    "status": StatusWidget(),
    "table": TableWidget(),
}


class AutoWidget(Widget):
    """Draws what most of the latest entries are: detections, pictures, states, numbers, texts."""

    template_name = "dashboard/widgets/auto.html"
    depth: ClassVar[int] = 60
    span = _HOUR
    per_subject: ClassVar[bool] = True

    def picture(self, entries: Sequence[Entry]) -> str | None:
        return _WIDGETS[chosen(entries).widget].picture(entries)

    def context(self, entries: Sequence[Entry]) -> dict[str, Any]:
        return _drawn(entries, None, 0.0)

    def chart(
        self,
        entries: Sequence[Entry],
        past: Past,
        now: float,
        others: Mapping[str, Beside] = ALONE,
    ) -> dict[str, Any]:
        return _drawn(entries, past, now)


def _drawn(entries: Sequence[Entry], past: Past | None, now: float) -> dict[str, Any]:
    widget = _WIDGETS[chosen(entries).widget]
    if past is None and isinstance(widget, ChartWidget):
        widget = _WIDGETS["metrics"]
    wanted = entries if widget.per_subject else entries[-widget.depth :]
    if past is not None and isinstance(widget, ChartWidget):
        context = widget.chart(wanted, past, now)
    else:
        context = widget.context(wanted)
        if isinstance(widget, NumberWidget) and past is not None:
            context |= of_span(wanted, past, now)
    template = widget.template_name
    return {**context, "chosen": template, "chosen_still": template.removesuffix(".html") + ".svg"}
