"""TemplateWidget: a producer's own template, drawn with its entries."""

from typing import ClassVar

from pydantic import BaseModel, Field

from dashboard.widgets.base import Widget


class TemplateWidget(Widget):
    """Draws `Options.template_name` with `entries` (oldest first), `entry` (newest) and `tile`."""

    class Options(Widget.Options):
        template_name: str = Field(
            min_length=1, description="the template's name, as Django's loaders know it"
        )

    depth: ClassVar[int] = 60

    def __init__(self, options: BaseModel | None = None) -> None:
        super().__init__(options)
        self.template_name = self.options.template_name
