"""Forms are read strictly: what is cut off or ambiguous is no form."""

import pytest

from dashboard.ingest.multipart import MOST_PARTS, BadMultipart, Part, read_parts
from tests.support.pictures import form

HEAD = b'--b\r\nContent-Disposition: form-data; name="a"'


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        (b"--b--", []),
        (HEAD + b"\r\n\r\n\r\n--b--", [("a", "", b"")]),
        (HEAD + b"\r\n\r\nx\r\n\r\n--b--\r\n", [("a", "", b"x\r\n")]),
        (b"preamble\r\n" + HEAD + b"\r\n\r\nx\r\n--b--epilogue", [("a", "", b"x")]),
        (HEAD + b'; filename="--b"\r\ncontent-type: Image/JPEG; q=1\r\n\r\n--x\r\n--b--',
         [("a", "image/jpeg", b"--x")]),
        (HEAD + b"\r\n\r\n1\r\n" + HEAD.replace(b'"a"', "\"ä\"".encode()) + b"\r\n\r\n2\r\n--b--",
         [("a", "", b"1"), ("ä", "", b"2")]),
    ],
)  # fmt: skip
def test_parts_are_read(body: bytes, parts: list[tuple[str, str, bytes]]) -> None:
    assert read_parts(body, "b") == [Part(*part) for part in parts]


def test_a_form_of_every_byte_is_read() -> None:
    every = bytes(range(256)) * 4

    assert [part.content for part in read_parts(form(x=every, y=every[::-1]), "edge")] == [
        every,
        every[::-1],
    ]


@pytest.mark.parametrize(
    ("body", "boundary", "said"),
    [
        (b"", "b", "is not in it"),
        (b"x--b--", "b", "is not in it"),
        (b"--b", "b", "not followed by a line break"),
        (b"--bb\r\n", "b", "not followed by a line break"),
        (HEAD + b"\r\n\r\nx", "b", "closing boundary is missing"),
        (HEAD + b"\r\n\r\nx\r\n--b", "b", "not followed by a line break"),
        (HEAD + b"\r\n--b--", "b", "no end of its headers"),
        (HEAD + b"\r\nX: " + b"y" * 5_000 + b"\r\n\r\nx\r\n--b--", "b", "no end of its headers"),
        (b"--b\r\n\r\nx\r\n--b--", "b", "has no name"),
        (b"--b\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--b--", "b", "has no name"),
        (HEAD + b"\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n--b--", "b", "'base64'"),
        ((HEAD + b"\r\n\r\nx\r\n") * (MOST_PARTS + 1) + b"--b--", "b", "more than 16 parts"),
        (b"--b--", "", "legal are 1 to 70"),
        (b"--b--", "b\r\n", "legal are 1 to 70"),
        (b"--b--", "b" * 71, "legal are 1 to 70"),
        (b"--b--", "b ", "legal are 1 to 70"),
    ],
)
def test_what_is_no_form_is_refused(body: bytes, boundary: str, said: str) -> None:
    with pytest.raises(BadMultipart, match=said):
        read_parts(body, boundary)
