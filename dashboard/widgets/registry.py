"""Which word names which widget."""

from typing import Final

from django.utils.module_loading import import_string

from dashboard.widgets.auto import AutoWidget
from dashboard.widgets.bars import BarsWidget
from dashboard.widgets.base import Widget
from dashboard.widgets.chart import ChartWidget
from dashboard.widgets.clock import ClockWidget
from dashboard.widgets.count import CountWidget
from dashboard.widgets.detections import DetectionsWidget
from dashboard.widgets.feed import FeedWidget
from dashboard.widgets.gauge import GaugeWidget
from dashboard.widgets.heat import HeatWidget
from dashboard.widgets.metrics import MetricsWidget
from dashboard.widgets.number import NumberWidget
from dashboard.widgets.picture import PictureWidget
from dashboard.widgets.progress import ProgressWidget
from dashboard.widgets.status import StatusWidget
from dashboard.widgets.table import TableWidget
from dashboard.widgets.template import TemplateWidget
from dashboard.widgets.text import TextWidget
from dashboard.widgets.timeline import TimelineWidget

WIDGETS: Final[dict[str, type[Widget]]] = {
    "auto": AutoWidget,
    "bars": BarsWidget,
    "chart": ChartWidget,
    "clock": ClockWidget,
    "count": CountWidget,
    "detections": DetectionsWidget,
    "feed": FeedWidget,
    "gauge": GaugeWidget,
    "heat": HeatWidget,
    "metrics": MetricsWidget,
    "number": NumberWidget,
    "picture": PictureWidget,
    "progress": ProgressWidget,
    "status": StatusWidget,
    "table": TableWidget,
    "template": TemplateWidget,
    "text": TextWidget,
    "timeline": TimelineWidget,
}


class UnknownWidget(LookupError):
    """No widget has this name; the message lists those there are."""


def widget_class(name: str) -> type[Widget]:
    """Return the class of a short name, or of a dotted path. Raises UnknownWidget."""
    if name in WIDGETS:
        return WIDGETS[name]
    legal = f"legal: {', '.join(WIDGETS)}, or the dotted path of a Widget subclass"
    if "." not in name:
        raise UnknownWidget(f"widget {name!r} is unknown ({legal})")
    try:
        found = import_string(name)
    except (ImportError, ValueError) as error:
        raise UnknownWidget(f"widget {name!r} cannot be imported: {error} ({legal})") from error
    if not (isinstance(found, type) and issubclass(found, Widget)):
        raise UnknownWidget(f"widget {name!r} is {found!r:.80}, no Widget subclass ({legal})")
    return found
