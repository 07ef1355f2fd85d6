"""Tables: a data frame as JSON, in whichever orientation, as the list of its rows."""

from typing import Any

from producers.detections.bounds import MOST_DETECTIONS
from producers.detections.spellings import has_sides


def rows_of(value: object) -> list[dict[str, Any]] | None:
    """Return the rows of a data frame that is written by columns, by index, in two parts or as
    lists (pandas' `to_json(orient=…)` and `to_dict(…)`, polars' `to_dict()`); None where it is
    none of these. Rows by themselves are a list already.
    """
    if not isinstance(value, dict) or len(value) == 0:
        return None
    made = _split(value) or _columns(value) or _indexed(value) or _lists(value)
    return made if made and has_sides(made[0]) and len(made) <= MOST_DETECTIONS else None


def _split(value: dict[str, Any]) -> list[dict[str, Any]] | None:
    names, data = value.get("columns"), value.get("data")
    if not (isinstance(names, list) and isinstance(data, list) and _are(names, str)):
        return None
    if not all(isinstance(row, list) and len(row) == len(names) for row in data):
        return None
    return [dict(zip(names, row, strict=True)) for row in data]


def _columns(value: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return the rows of `{"xmin": {"0": 1, "1": 2}, "name": {"0": "a", "1": "b"}}`."""
    columns = list(value.values())
    if not _are(columns, dict) or not columns[0] or not all(map(_is_index, columns[0])):
        return None
    if any(column.keys() != columns[0].keys() for column in columns):
        return None
    return [{name: value[name][row] for name in value} for row in columns[0]]


def _indexed(value: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return the rows of `{"0": {"xmin": 1, "name": "a"}, "1": {"xmin": 2, "name": "b"}}`."""
    rows = list(value.values())
    return rows if _are(rows, dict) and all(map(_is_index, value)) else None


def _lists(value: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return the rows of `{"xmin": [1, 2], "name": ["a", "b"]}`."""
    columns = list(value.values())
    if not _are(columns, list) or len({len(column) for column in columns}) != 1:
        return None
    return [dict(zip(value, row, strict=True)) for row in zip(*columns, strict=True)]


def _are(values: list[Any], kind: type) -> bool:
    return all(isinstance(value, kind) for value in values)


def _is_index(name: object) -> bool:
    return isinstance(name, str) and name.isascii() and name.isdecimal()
