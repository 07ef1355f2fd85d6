"""Picture bodies: where in a request its picture is, and the document that came with it."""

import base64
import binascii
import re
from dataclasses import replace
from typing import Any, Final, NamedTuple

from dashboard.http.problems import Refused, error_at, shown
from dashboard.ingest.cloudevents import CloudEvent
from dashboard.ingest.multipart import BadMultipart, Part, read_parts
from dashboard.ingest.parsed_body import ParsedBody, empty
from dashboard.pictures.file_kind import file_kind
from dashboard.pictures.verifying import looks_like_picture

MEMBER: Final = "picture_base64"
"""The member of a JSON document that holds a picture."""

_ALSO_MEMBERS: Final = (
    "image_base64", "img_base64", "frame_base64", "image", "picture", "img", "frame", "photo",
    "snapshot", "image_data", "imageData", "imageFile", "base64",
)  # fmt: skip
"""Others call it so; it is one where its text begins as that of a picture does."""
_BEGINS: Final = re.compile(r"data:image/[\w.+-]+;base64,|/9j/|iVBORw0KGgo|UklGR")
_FROM_URL_SAFE: Final = str.maketrans("-_", "+/")

_NAMES: Final = frozenset({"picture", "image", "file", "frame", "photo", "snapshot"})
"""Parts of these names are meant as the picture, even if they are none."""

_DATA_URL: Final = re.compile(r"data:image/[\w.+-]+;base64,", re.ASCII | re.IGNORECASE)


class Form(NamedTuple):
    """What a form holds: a picture, a document as it was written, or both."""

    picture: bytes | None
    document: Part | None


def read_form(body: bytes, boundary: str) -> Form:
    """Return the picture in a multipart/form-data `body`, and its document. Raises Refused."""
    try:
        parts = read_parts(body, boundary)
    except BadMultipart as error:
        raise Refused("bad-request", f"the body is no multipart/form-data: {error}") from None
    pictures = [part for part in parts if looks_like_picture(part.content)]
    pictures = pictures or [part for part in parts if _is_meant_as_picture(part)]
    documents = [part for part in parts if part not in pictures]
    if len(pictures) > 1 or len(documents) > 1 or not parts:
        names = ", ".join(shown(part.name) for part in parts) or "none"
        raise Refused(
            "bad-request",
            "legal is a form with one picture and at most one document, "
            "as in: curl -F picture=@frame.jpg -F result=@result.json; "
            f"of its parts ({names}), {len(pictures)} are pictures",
        )
    document = documents[0] if documents and documents[0].content.strip() else None
    if not pictures:
        if document is None:
            raise empty("the form holds neither a picture nor a document")
        return Form(None, document)
    if not pictures[0].content:
        raise empty(f"the form's part {shown(pictures[0].name)} is empty; send a picture in it")
    return Form(pictures[0].content, document)


def is_picture_text(text: str) -> bool:
    """Whether a text is a picture in base64 by itself, or a data: URL of one."""
    return _BEGINS.match(text) is not None


def with_picture(posted: ParsedBody) -> ParsedBody:
    """Return `posted` with the picture that its JSON holds in base64, if it does. Raises Refused.

    The picture is taken out of the document; nothing left is None: it came alone.
    """
    for index, value in enumerate(posted.values):
        document = value.data if type(value) is CloudEvent else value
        member = _member(document) if type(document) is dict else None
        if member is None or type(document) is not dict:
            continue
        rest = {name: said for name, said in document.items() if name != member} or None
        if len(posted.values) > 1 or posted.picture is not None:
            said = "one request takes one picture; send each by itself"
            raise _bad_picture(said, posted, index, member)
        picture = _decoded(document[member])
        if picture is None:
            said = "is no base64 text; legal is that of a JPEG, PNG or WebP, also as a data: URL"
            raise _bad_picture(said, posted, index, member)
        values = [replace(value, data=rest) if type(value) is CloudEvent else rest]
        return posted._replace(values=values, picture=picture)
    return posted


def _member(document: dict[str, Any]) -> str | None:
    """Return the member that holds a picture."""
    if MEMBER in document:
        return MEMBER
    for name in _ALSO_MEMBERS:
        said = document.get(name)
        if isinstance(said, str) and _BEGINS.match(said):
            return name
    return None


def _is_meant_as_picture(part: Part) -> bool:
    """Whether a part that is no picture says that it is one: a HEIC, say."""
    return (
        part.media_type.startswith("image/")
        or (part.name.lower() in _NAMES and part.content.lstrip()[:1] not in (b"{", b"["))
        or file_kind(part.content) is not None
    )


def _decoded(said: object) -> bytes | None:
    if not isinstance(said, str):
        return None
    prefix = _DATA_URL.match(said)
    try:
        return base64.b64decode(
            "".join(said[prefix.end() if prefix else 0 :].split()).translate(_FROM_URL_SAFE),
            validate=True,
        )
    except (binascii.Error, ValueError):
        return None


def _bad_picture(detail: str, posted: ParsedBody, index: int, member: str) -> Refused:
    where = (*posted.path(index), *posted.inside, member)
    return Refused(
        "bad-picture",
        f"{member}: {detail}",
        errors=[error_at(where, detail)],
        **posted.place(index),
    )
