"""Which word names which widget."""

import pytest

from dashboard.widgets.clock import ClockWidget
from dashboard.widgets.registry import WIDGETS, UnknownWidget, widget_class


def test_short_names_and_dotted_paths_name_classes() -> None:
    assert widget_class("clock") is ClockWidget
    assert widget_class("dashboard.widgets.clock.ClockWidget") is ClockWidget


@pytest.mark.parametrize(
    "name", ["clok", "dashboard.widgets.clock.Clok", "no.such.module", "django.forms.Form", "."]
)
def test_an_unknown_name_raises_and_lists_the_legal_ones(name: str) -> None:
    with pytest.raises(UnknownWidget) as raised:
        widget_class(name)

    assert repr(name) in str(raised.value)
    assert all(legal in str(raised.value) for legal in WIDGETS)


@pytest.mark.parametrize("name", WIDGETS)
def test_every_widget_describes_its_options(name: str) -> None:
    for option, field in widget_class(name).Options.model_fields.items():
        assert field.description, f"{name}: {option} has no description"
