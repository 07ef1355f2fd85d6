"""ParsedBody: the values of one request, and where each of them stood."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from dashboard.conf import conf
from dashboard.http.problems import Refused, error_at, pointer
from dashboard.ingest import strict_json
from dashboard.ingest.json_values import BadJSON, Limits


class BatchLimits(NamedTuple):
    """What one request may hold: each value within `limits`, `most` values in all.

    `size`: bytes of all but a picture.
    """

    limits: Limits
    most: int
    size: int


def batch_limits(*, documents: bool) -> BatchLimits:
    """Return what the settings let one request hold: values, or `documents` that tell of many."""
    said = conf()
    return _limits(
        said.INGEST_MAX_DEPTH,
        said.INGEST_MAX_KEYS,
        said.INGEST_MAX_BATCH,
        said.INGEST_MAX_BYTES,
        documents,
    )


# Asked for each request.
@lru_cache(maxsize=8)
def _limits(depth: int, keys: int, most: int, size: int, documents: bool) -> BatchLimits:
    # A document may hold what a batch may; how much one event may, its producer's model says.
    return BatchLimits(Limits(depth, keys * most if documents else keys), most, size)


class ParsedBody(NamedTuple):
    """At least one value, in order: strict JSON, or a CloudEvent."""

    values: Sequence[object]
    longest: int
    """Characters of the longest value's text."""
    batch: bool = False
    """Whether the body held a sequence, so that faults are told with an index."""
    lines: str | None = None
    """The text, where an index is better told as a line."""
    inside: tuple[str, ...] = ()
    """Where in each value its data was."""
    picture: bytes | None = None
    """What came with the one value, which is None where the picture came alone."""

    def path(self, index: int) -> tuple[str | int, ...]:
        """Return the beginning of the paths into value `index`."""
        return (index,) if self.batch else ()

    def place(self, index: int) -> dict[str, Any]:
        """Return where value `index` was, as members of a problem."""
        if not self.batch:
            return {}
        if self.lines is None:
            return {"index": index}
        return {"index": index, "line": strict_json.line_number(self.lines, index)}


def read_json(text: str, taken: BatchLimits) -> ParsedBody:
    """Return the items of an array, which is a batch, or the one value. Raises Refused."""
    if text.lstrip(" \t\n\r").startswith("["):
        return _filled(_read(text, ParsedBody((), 0, batch=True), strict_json.load_items, taken))
    return read_document(text, taken)


def read_document(text: str, taken: BatchLimits) -> ParsedBody:
    """Return the one value, even where it is an array. Raises Refused."""
    try:
        value = strict_json.load(text, taken.limits)
    except BadJSON as error:
        raise bad_json(error) from None
    return _filled(ParsedBody([value], len(text)))


def read_lines(text: str, taken: BatchLimits) -> ParsedBody:
    """Return the values of NDJSON. Raises Refused."""
    return _filled(_read(text, ParsedBody((), 0, True, text), strict_json.load_lines, taken))


def bad_json(error: BadJSON, posted: ParsedBody | None = None) -> Refused:
    """Return the refusal of a text that is no strict JSON."""
    place: dict[str, Any] = {}
    if posted is not None and posted.batch and error.path:
        place = posted.place(int(error.path[0]))
    line = f"line {place['line']}: " if "line" in place else ""
    at = f"{pointer(error.path)}: " if error.path else ""
    return Refused(
        "bad-json",
        f"{line}{at}{error.detail}",
        errors=[error_at(error.path, error.detail)],
        **place,
    )


def too_many(most: int) -> Refused:
    """Return the refusal of a body that holds more than `most` events."""
    return Refused(
        "too-many-events",
        f"the batch has more than {most} events (INGEST_MAX_BATCH); send it in parts",
        legal={"events": most},
    )


def empty(detail: str, path: Sequence[str | int] = (), **place: Any) -> Refused:
    """Return the refusal of a body that holds nothing to store."""
    return Refused("empty", detail, errors=[error_at(path, detail)], **place)


def _read(
    text: str, posted: ParsedBody, load: strict_json.LoadMany, taken: BatchLimits
) -> ParsedBody:
    try:
        batch = load(text, taken.limits, taken.most)
        return posted._replace(values=batch.items, longest=batch.longest)
    except BadJSON as error:
        raise bad_json(error, posted) from None
    except strict_json.TooManyItems:
        raise too_many(taken.most) from None


def _filled(posted: ParsedBody) -> ParsedBody:
    if not posted.values:
        raise empty("the batch is empty; send one event at least")
    if None in posted.values:
        index = posted.values.index(None)
        raise empty("null is no event; send its data", posted.path(index), **posted.place(index))
    return posted
