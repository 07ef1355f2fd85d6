"""docs/settings.md lists every setting and option as it is in the code."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_origin

import annotated_types
import pytest
from pydantic.fields import FieldInfo

from dashboard.conf import Conf
from dashboard.log.database_options import DatabaseLogOptions
from dashboard.log.memory import MemoryLogOptions
from dashboard.log.redis import RedisLogOptions
from dashboard.tiles.appearance import Appearance
from dashboard.tiles.choice import TileOptions
from dashboard.widgets.registry import WIDGETS
from producers.auto import AutoProducer
from producers.base import Producer
from producers.camera import CameraProducer
from producers.clock import ClockProducer
from producers.command import CommandProducer
from producers.config import legal_options
from producers.detections import DetectionProducer
from producers.follow import FollowProducer
from producers.model import ModelProducer
from producers.notes import NotesProducer
from producers.poll import PollProducer
from producers.readings import ReadingsProducer
from producers.system import SystemProducer
from site_config.env import BASE_DIR, Env
from tests.support.documents import ROOT, rows


def setting_rows(fields: Mapping[str, FieldInfo], prefix: str = "") -> list[str]:
    """Return the rows that a table of these fields has."""
    return [
        f"| `{(prefix + name).upper() if prefix else name}` | {default_of(field)} "
        f"| {legal_of(field)} | {field.description} |"
        for name, field in fields.items()
    ]


COMPUTED = {
    Env.model_fields["time_zone"].default_factory: "this machine's",
    ClockProducer.Options.model_fields["timezone"].default_factory: "`TIME_ZONE`",
    Conf.model_fields["ACCESS"].default_factory: '`"public"` with DEBUG, else `"login"`',
}


def default_of(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if field.default_factory in COMPUTED:
        return COMPUTED[field.default_factory]
    default: Any = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(default, Path):
        default = str(default.relative_to(BASE_DIR))
    told = json.dumps(default) if isinstance(default, str | dict | list) else repr(default)
    return f"`{told}`"


def legal_of(field: FieldInfo) -> str:
    told = []
    counted = "names" if get_origin(field.annotation) is tuple else "characters"
    for limit in field.metadata:
        match limit:
            case annotated_types.Gt(gt=bound):
                told.append(f"> {number(bound)}")
            case annotated_types.Ge(ge=bound):
                told.append(f"≥ {number(bound)}")
            case annotated_types.Le(le=bound):
                told.append(f"≤ {number(bound)}")
            case annotated_types.MinLen(min_length=bound):
                told.append(f"≥ {bound} {counted}")
            case annotated_types.MaxLen(max_length=bound):
                told.append(f"≤ {bound} {counted}")
    return ", ".join(told)


def number(bound: Any) -> str:
    return str(int(bound)) if float(bound).is_integer() else str(bound)


SETTINGS_TABLES: dict[str, list[str]] = {
    "Environment": setting_rows(Env.model_fields, prefix="eventwall_"),
    "Dashboard settings": setting_rows(Conf.model_fields),
    "Options of DatabaseLog": setting_rows(DatabaseLogOptions.model_fields),
    "Options of RedisLog": setting_rows(RedisLogOptions.model_fields),
    "Options of MemoryLog": setting_rows(MemoryLogOptions.model_fields),
    **{
        f"Options of {producer.__name__}": setting_rows(legal_options(producer))
        for producer in (
            ClockProducer,
            SystemProducer,
            ReadingsProducer,
            NotesProducer,
            AutoProducer,
            CommandProducer,
            DetectionProducer,
            CameraProducer,
            PollProducer,
            FollowProducer,
            ModelProducer,
        )
    },
    "Appearance of a dashboard": setting_rows(Appearance.model_fields),
    "Options of every tile": setting_rows(TileOptions.model_fields),
    **{
        f"Options of widget {name}": setting_rows(widget.Options.model_fields)
        for name, widget in WIDGETS.items()
    },
}


@pytest.mark.parametrize("heading", SETTINGS_TABLES)
def test_settings_are_documented_as_they_are(heading: str) -> None:
    assert rows("docs/settings.md", heading) == SETTINGS_TABLES[heading]


def subclasses_of(cls: type[Producer]) -> Iterator[type[Producer]]:
    for subclass in cls.__subclasses__():
        yield subclass
        yield from subclasses_of(subclass)


def test_every_built_in_producer_is_documented() -> None:
    documented = (ROOT / "docs" / "producers.md").read_text()
    backends = {
        # A package of several files lends its producer a shorter path.
        f"{cls.__module__.removesuffix('.producer')}.{cls.__qualname__}"
        for cls in subclasses_of(Producer)
        if cls.__module__.startswith("producers.")
    }

    assert {name for name in backends if name not in documented} == set()
    assert {f"Options of {name.rpartition('.')[2]}" for name in backends} <= set(SETTINGS_TABLES)
