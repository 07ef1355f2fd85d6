"""Forms: the fields of a form as one object, which is what a producer takes."""

import re
from typing import Any, Final
from urllib.parse import parse_qsl

from dashboard.http.problems import Refused, error_at, shown
from dashboard.ingest import strict_json
from dashboard.ingest.json_values import BadJSON, check
from dashboard.ingest.multipart import BadMultipart, Part, read_parts
from dashboard.ingest.parsed_body import BatchLimits, ParsedBody, bad_json, batch_limits
from dashboard.pictures.verifying import looks_like_picture

_PAIR: Final = r"[\w*.+%~[\]-]+=[\w*.+%~[\]-]*"
_ENCODED: Final = re.compile(rf"{_PAIR}(?:&{_PAIR})*&?", re.ASCII)
"""What encoders of forms write."""
_TYPED: Final = re.compile(r"(?:[A-Za-z_][\w.[\]-]*=[^&\r\n]*(?:&|$))+", re.ASCII)
"""What people write to `curl -d`: `text=door open&level=warn`."""
_WHOLE: Final = frozenset({"payload", "event", "data", "json"})
"""A field of this name that is JSON, and alone, is what was meant to be sent."""


def is_form(text: str) -> bool:
    """Whether a body that calls itself a form is one, and no text that `curl -d` sent."""
    return _TYPED.fullmatch(text) is not None or _ENCODED.fullmatch(text) is not None


def may_be_text(text: str) -> bool:
    """Whether what `is_form` may be a text all the same: one pair, or signs never left as such."""
    if _ENCODED.fullmatch(text) is None:
        return True
    return "&" not in text and "%" not in text and "+" not in text


def read_fields(text: str, taken: BatchLimits) -> ParsedBody:
    """Return the fields of a urlencoded form. Raises Refused."""
    most = batch_limits(documents=False).limits.members  # it is one event, whatever a body may hold
    try:
        pairs = parse_qsl(
            text,
            keep_blank_values=True,
            errors="strict",
            max_num_fields=most,
        )
    except UnicodeDecodeError:
        raise _bad_encoding("a field is not UTF-8; send UTF-8, percent-encoded") from None
    except ValueError:
        raise Refused("bad-request", f"the form has too many fields; legal are {most}") from None
    return _as_object([(name, said) for name, said in pairs], len(text), taken)


def lone_json(posted: ParsedBody) -> str | None:
    """Return the text of a form's one field where it begins as a JSON object or list does.

    What it is called does not matter: `requests.post(url, data={"result": json.dumps(…)})`.
    """
    said = posted.values[0]
    if not isinstance(said, dict) or len(said) != 1:
        return None
    (text,) = said.values()
    return text if isinstance(text, str) and text.lstrip()[:1] in ("{", "[") else None


def read_multipart(body: bytes, boundary: str, taken: BatchLimits) -> ParsedBody:
    """Return the fields of a multipart form without files. Raises Refused."""
    try:
        parts = read_parts(body, boundary)
    except BadMultipart as error:
        raise Refused("bad-request", f"the body is no multipart/form-data: {error}") from None
    return _as_object([(part.name, _value(part, taken)) for part in parts], len(body), taken)


def _value(part: Part, taken: BatchLimits) -> Any:
    if looks_like_picture(part.content):
        raise Refused(
            "unsupported-media-type",
            f"the form's part {shown(part.name)} is a picture, and this producer takes none",
        )
    try:
        text = strict_json.decode(part.content)
        return strict_json.load(text, taken.limits) if "json" in part.media_type else text
    except BadJSON as error:
        error.path = (part.name, *error.path)
        raise bad_json(error) from None


def _as_object(fields: list[tuple[str, Any]], size: int, taken: BatchLimits) -> ParsedBody:
    if len(fields) == 1 and isinstance(fields[0][1], dict):  # a file that says it is JSON
        return ParsedBody([fields[0][1]], size)
    if len(fields) == 1 and fields[0][0].lower() in _WHOLE:
        said = fields[0][1]
        if isinstance(said, str) and said.lstrip()[:1] == "{":
            try:
                return ParsedBody([strict_json.load(said, taken.limits)], size)
            except BadJSON as error:
                error.path = (fields[0][0], *error.path)
                raise bad_json(error) from None
    told: dict[str, Any] = {}
    for name, said in fields:
        if name in told:
            raise Refused(
                "bad-request",
                f"the form has the field {shown(name)} twice; name it once",
                errors=[error_at((name,), "is there twice")],
            )
        told[name] = said
    try:
        check(told, taken.limits)
    except BadJSON as error:
        raise bad_json(error) from None
    return ParsedBody([told], size)


def _bad_encoding(detail: str) -> Refused:
    return Refused("bad-encoding", detail, errors=[error_at((), detail)])
