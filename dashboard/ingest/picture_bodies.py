"""Picture bodies: where in a request its picture is, and the document that came with it."""

import base64
import binascii
import re
from dataclasses import replace
from typing import Final, NamedTuple

from dashboard.http.problems import Refused, error_at, shown
from dashboard.ingest.cloudevents import CloudEvent
from dashboard.ingest.multipart import BadMultipart, Part, read_parts
from dashboard.ingest.parsed_body import ParsedBody
from dashboard.pictures.verifying import looks_like_picture

MEMBER: Final = "picture_base64"
"""The member of a JSON document that holds a picture."""

_NAMES: Final = frozenset({"picture", "image", "file", "frame", "photo", "snapshot"})
"""Parts of these names are meant as the picture, even if they are none."""

_DATA_URL: Final = re.compile(r"data:image/[\w.+-]+;base64,", re.ASCII | re.IGNORECASE)


class Form(NamedTuple):
    """What a form holds: a picture, and a document as it was written; None where there is none."""

    picture: bytes
    document: Part | None


def read_form(body: bytes, boundary: str) -> Form:
    """Return the picture in a multipart/form-data `body`, and its document. Raises Refused."""
    try:
        parts = read_parts(body, boundary)
    except BadMultipart as error:
        raise Refused("bad-request", f"the body is no multipart/form-data: {error}") from None
    pictures = [part for part in parts if _is_meant_as_picture(part)]
    documents = [part for part in parts if part not in pictures]
    if len(pictures) != 1 or len(documents) > 1:
        names = ", ".join(shown(part.name) for part in parts) or "none"
        raise Refused(
            "bad-request",
            "legal is a form with one picture and at most one document, "
            "as in: curl -F picture=@frame.jpg -F result=@result.json; "
            f"of its parts ({names}), {len(pictures)} are pictures",
        )
    document = documents[0] if documents and documents[0].content.strip() else None
    return Form(pictures[0].content, document)


def with_picture(posted: ParsedBody) -> ParsedBody:
    """Return `posted` with the picture that its JSON holds in base64, if it does. Raises Refused.

    The picture is taken out of the document; nothing left is None: it came alone.
    """
    for index, value in enumerate(posted.values):
        document = value.data if type(value) is CloudEvent else value
        if type(document) is not dict or MEMBER not in document:
            continue
        rest = {name: said for name, said in document.items() if name != MEMBER} or None
        if len(posted.values) > 1 or posted.picture is not None:
            raise _bad_picture("one request takes one picture; send each by itself", posted, index)
        picture = _decoded(document[MEMBER])
        if picture is None:
            raise _bad_picture(
                "is no base64 text; legal is that of a JPEG, PNG or WebP, also as a data: URL",
                posted,
                index,
            )
        values = [replace(value, data=rest) if type(value) is CloudEvent else rest]
        return posted._replace(values=values, picture=picture)
    return posted


def _is_meant_as_picture(part: Part) -> bool:
    return (
        looks_like_picture(part.content)
        or part.media_type.startswith("image/")
        or part.name.lower() in _NAMES
    )


def _decoded(said: object) -> bytes | None:
    if not isinstance(said, str):
        return None
    prefix = _DATA_URL.match(said)
    try:
        return base64.b64decode(
            "".join(said[prefix.end() if prefix else 0 :].split()), validate=True
        )
    except (binascii.Error, ValueError):
        return None


def _bad_picture(detail: str, posted: ParsedBody, index: int) -> Refused:
    where = (*posted.path(index), *posted.inside, MEMBER)
    return Refused(
        "bad-picture",
        f"{MEMBER}: {detail}",
        errors=[error_at(where, detail)],
        **posted.place(index),
    )
