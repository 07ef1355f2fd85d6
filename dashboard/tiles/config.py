"""Tile specs: the rows of DASHBOARDS, read into tiles; every fault told, none raised."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from dashboard.tiles.appearance import Appearance
from dashboard.tiles.choice import ANY, LONGEST_TITLE, NAMED, TileOptions, seconds_of, split
from dashboard.tiles.ids import id_about, with_ids
from dashboard.widgets.base import Widget
from dashboard.widgets.compact import clip
from dashboard.widgets.feed import FeedWidget
from dashboard.widgets.registry import UnknownWidget, widget_class
from dashboard.widgets.template import TemplateWidget
from producers.names import why_illegal
from producers.registry import Registry

DASHBOARD_KEYS: Final = ("title", "tiles", *Appearance.model_fields)
TILE_KEYS: Final = ("producer", "widget", "title", "size", "options", "id")

_SLUG, _SIZE = re.compile(r"[A-Za-z0-9_-]{1,64}"), re.compile(r"([1-4])x([1-4])")


@dataclass(frozen=True, slots=True)
class Tile:
    """One producer, drawn one way. `id` is its SSE event name and unique whatever its case.

    `subject` is what it shows of the producer; "": what is about nothing, None: all. One that is
    `is_fixed` shows the same on a page of one subject. With `forget` (seconds) it stands for a
    tile of each subject, until that was silent for so long; `naming` is how they are called.
    Between two drawings of it are `refresh` seconds at least; None: it is drawn as it changes.
    """

    id: str
    producer: str
    widget: Widget
    title: str
    columns: int
    rows: int
    subject: str | None = None
    is_fixed: bool = False
    forget: int | None = None
    naming: str = NAMED
    refresh: float | None = None
    whole: "Tile | None" = field(default=None, compare=False, repr=False)
    """Which one stood for it and all others of its kind."""

    @property
    def look(self) -> tuple[object, ...]:
        """What is drawn: two that are alike in it show the same."""
        widget = type(self.widget), self.widget.options.model_dump_json()
        shown = self.subject, self.is_fixed, self.forget, self.naming, self.refresh
        return self.producer, *widget, self.title, self.columns, self.rows, *shown

    def about(self, subject: str) -> "Tile":
        """Return the tile as it shows one subject alone."""
        id_ = id_about(self.id, subject)
        if self.forget is None:
            return replace(self, id=id_, subject=subject)
        title = clip(self.naming.replace(NAMED, subject), LONGEST_TITLE) if subject else self.title
        return replace(
            self, id=id_, subject=subject, title=title, forget=None, naming=NAMED, whole=self
        )

    @property
    def producers(self) -> tuple[str, ...]:
        """Its producer, and the others that it shows: who may read all of them may see it."""
        return tuple(dict.fromkeys((self.producer, *self.widget.also, *self.widget.marked)))


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in DASHBOARDS; `id` is the system check's."""

    id: str
    where: str
    message: str
    hint: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message} ({self.hint})"


@dataclass(frozen=True, slots=True)
class Spec:
    """A row of a dashboard's tiles, read and checked, before it has an id."""

    where: str
    slug: str
    id: str | None
    tile: Tile

    def named(self, tile_id: str) -> Tile:
        return replace(self.tile, id=tile_id)


@dataclass(slots=True)
class Build:
    """What tiles are made of, and what was wrong while they were made."""

    registry: Registry
    problems: list[Problem] = field(default_factory=list)

    @property
    def aliases(self) -> list[str]:
        """The producers that can have a tile; a broken one too, so that it is seen."""
        broken = [alias for alias in self.registry.errors if why_illegal(alias) is None]
        return [*self.registry, *(alias for alias in broken if alias not in self.registry)]

    def fault(self, number: int, where: str, message: str, hint: str) -> None:
        self.problems.append(Problem(f"dashboard.E{number:03}", where, message, hint))


def build_tiles(
    setting: Mapping[Any, Any], build: Build
) -> dict[str, tuple[str, tuple[Tile, ...]]]:
    """Return slug → title and tiles, as far as `setting` is right; `build` keeps what is not."""
    titles: dict[str, str] = {}
    specs: list[Spec] = []
    for slug, row in setting.items():
        where = f"DASHBOARDS[{slug!r}]"
        if not isinstance(slug, str) or not _SLUG.fullmatch(slug):
            build.fault(20, where, f"{slug!r} is no slug", "legal: 1 to 64 of A-Z a-z 0-9 _ -")
        elif not isinstance(row, Mapping):
            build.fault(20, where, f"it is {row!r:.80}", "legal: a dict with title and tiles")
        else:
            _unknown_keys(row, DASHBOARD_KEYS, where, build)
            titles[slug] = _title(row.get("title", slug), where, build)
            specs += _specs(row, slug, where, build)
    tiles = with_ids(specs, build)
    return {slug: (title, tuple(tiles.get(slug, ()))) for slug, title in titles.items()}


def _specs(row: Mapping[str, Any], slug: str, where: str, build: Build) -> Iterable[Spec]:
    rows = row.get("tiles", [{"producer": alias} for alias in build.aliases])
    if not isinstance(rows, list | tuple):
        return build.fault(20, where, f"'tiles' is {rows!r:.80}", "legal: a list of dicts")
    for index, tile in enumerate(rows):
        if spec := _spec(tile, slug, f"{where}['tiles'][{index}]", build):
            yield spec


def _spec(row: Any, slug: str, where: str, build: Build) -> Spec | None:
    """Read one row; None when it is too wrong to be a tile."""
    if not isinstance(row, Mapping):
        build.fault(20, where, f"it is {row!r:.80}", f"legal: a dict with {', '.join(TILE_KEYS)}")
        return None
    _unknown_keys(row, TILE_KEYS, where, build)
    alias = row.get("producer")
    if alias not in build.aliases:
        known = ", ".join(build.aliases) or "none: PRODUCERS is empty"
        build.fault(21, where, f"'producer' {alias!r} is unknown", f"PRODUCERS has: {known}")
        return None
    try:
        about, options = split(row.get("options", {}))
    except ValidationError as error:
        _bad_options(error, "options of every tile", TileOptions, where, build)
        return None
    widget = _widget(row, options, alias, where, build)
    if widget is None:
        return None
    producer = build.registry.get(alias)
    for other in (*widget.also, *widget.marked):
        if other not in build.aliases:
            hint = f"PRODUCERS has: {', '.join(build.aliases)}"
            build.fault(21, where, f"'options' name a producer {other!r} that is unknown", hint)
            return None
    default = producer.title if producer else alias
    title = _title(row.get("title", default), where, build)
    said = title if "title" in row else None
    size = row.get("size", widget.size)
    match = _SIZE.fullmatch(size) if isinstance(size, str) else None
    if match is None:
        build.fault(23, where, f"'size' {size!r} is no size", "legal: columns x rows, 1x1 to 4x4")
        return None
    tile_id = row.get("id")
    if tile_id is not None:
        why = why_illegal(tile_id) if isinstance(tile_id, str) else f"{tile_id!r} is no string"
        if why:
            build.fault(25, where, f"'id' {why}", "it names the tile's SSE events")
            return None
    tile = Tile(
        tile_id or "",
        alias,
        widget,
        about.title(said, default),
        int(match[1]),
        int(match[2]),
        None if about.subject == ANY else about.subject,
        about.subject is not None,
        seconds_of(about.forget) if about.each else None,
        about.naming(said),
        about.seconds_between,
    )
    return Spec(where, slug, tile_id, tile)


def _widget(
    row: Mapping[str, Any], options: Any, alias: str, where: str, build: Build
) -> Widget | None:
    """Return the row's own widget, else the producer's template, else the producer's widget."""
    producer = build.registry.get(alias)
    if producer is None:
        return FeedWidget()
    own = producer.template_name
    name = row.get("widget") or ("template" if own else producer.widget)
    if not isinstance(name, str):
        build.fault(22, where, f"'widget' is {name!r:.80}", "legal: a short name or a dotted path")
        return None
    try:
        kind = widget_class(name)
    except UnknownWidget as error:
        whose = "" if row.get("widget") else f", which producer {alias!r} asks for"
        build.fault(22, where, f"{error}{whose}", "see dashboard/widgets/registry.py")
        return None
    if issubclass(kind, TemplateWidget) and own and isinstance(options, Mapping):
        options = {"template_name": own, **options}
    try:
        return kind(kind.Options.model_validate(options))
    except ValidationError as error:
        _bad_options(error, f"options of widget {name!r}", kind.Options, where, build)
        return None


def _bad_options(
    error: ValidationError, whose: str, known: type[BaseModel], where: str, build: Build
) -> None:
    legal = ", ".join(known.model_fields) or "none"
    for fault in error.errors():
        path = "".join(f"[{part!r}]" for part in fault["loc"])
        value = "missing" if fault["type"] == "missing" else f"{fault['input']!r:.80}"
        build.fault(24, where, f"'options'{path} is {value}: {fault['msg']}", f"{whose}: {legal}")


def _title(value: Any, where: str, build: Build) -> str:
    if isinstance(value, str) and 0 < len(value) <= LONGEST_TITLE:
        return value
    hint = f"legal: 1 to {LONGEST_TITLE} characters"
    build.fault(26, where, f"'title' is {value!r:.100}", hint)
    return ""


def _unknown_keys(row: Mapping[str, Any], known: tuple[str, ...], where: str, build: Build) -> None:
    for key in row:
        if key not in known:
            build.fault(20, where, f"key {key!r} is unknown", f"legal: {', '.join(known)}")
