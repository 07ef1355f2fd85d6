"""Mutated pictures and forms: a picture that draws, or a problem and nothing left behind."""

import asyncio
import json
import os
import random
import resource
import tempfile
from pathlib import Path

from dashboard.conf import Conf
from dashboard.ingest.handler import handle_post
from dashboard.ingest.tokens import Token, TokenTable, digest
from dashboard.log.memory import MemoryLog
from dashboard.pictures.store import PictureStore
from producers.detections import DetectionProducer
from producers.registry import Registry
from tests.ingest.posting import TOKEN, make_request, read
from tests.producers.detections import payloads
from tests.support.pictures import FORM, decoded, drawn, encoded, form

TRIES = int(os.environ.get("EVENTWALL_FUZZ", "300"))
"""10,000 take half a minute."""

MOST_GROWTH = 96
"""MiB; a leak of one small picture a time would be more."""

REGISTRY = Registry({"camera": DetectionProducer("camera")})
TOKENS = TokenTable({"testtest": Token(name="t", digest=digest(TOKEN), producers=None)})
PICTURES = [
    encoded("JPEG", progressive=True),
    encoded("JPEG", drawn(mode="L")),
    encoded("PNG", drawn(mode="RGBA")),
    encoded("PNG", drawn(mode="P")),
    encoded("WEBP", drawn(mode="RGBA"), exif=b"Exif\0\0II*\0\x08\0\0\0\0\0"),
    encoded("WEBP", lossless=True),
]
DOCUMENTS = [json.dumps(one) for group in payloads.ALL.values() for one in group]
PIECES = [
    *(b"\xff\xd8\xff", b"\xff\xd9", b"\xff\xda\x00\x02", b"IEND", b"acTL", b"VP8X"),
    *(b"\r\n--edge", b"--edge--", b"\0" * 50, b"\xff" * 4, b"<svg/>", b"PK\3\4"),
]


def mutated(body: bytes, chance: random.Random) -> bytes:
    """Return `body` with a few bytes changed, cut out, doubled or put in."""
    data = bytearray(body)
    for _ in range(chance.choice((0, 1, 1, 2, 3, 8))):
        at = chance.randrange(len(data) + 1)
        # Most of what can go wrong is in the first bytes.
        at = min(at, chance.choice((40, 200, len(data))))
        end = at + chance.choice((1, 1, 2, 4, 30, 500))
        match chance.randrange(5):
            case 0:
                data[at:end] = chance.randbytes(min(end - at, 4))
            case 1:
                del data[at:end]
            case 2:
                data[at:at] = data[at:end]
            case 3:
                data[at:at] = chance.choice(PIECES)
            case 4 if data:
                data[at % len(data)] ^= 1 << chance.randrange(8)
    return bytes(data)


def request_of(chance: random.Random) -> tuple[bytes, str | None]:
    picture = chance.choice(PICTURES)
    kind = chance.choice(("image/jpeg", "image/png", FORM, FORM, None))
    if kind != FORM:
        return mutated(picture, chance), kind
    whole = chance.random() < 0.5
    parts = {"picture": mutated(picture, chance) if whole else picture}
    if chance.random() < 0.7:
        parts["result"] = mutated(chance.choice(DOCUMENTS).encode(), chance)
    body = form(**parts)
    return (body if whole else mutated(body, chance)), kind


def files_in(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]


async def _post_all(directory: Path) -> tuple[dict[int, int], int]:
    """Return how often each status was answered, and by how many MiB memory grew at last."""
    chance = random.Random(20_260_101)
    store = PictureStore(directory, Conf(PICTURE_MAX_PIXELS=1_000_000))
    statuses: dict[int, int] = {}
    early = 0
    for number in range(TRIES):
        log = MemoryLog({})
        body, kind = request_of(chance)

        request = make_request(body, kind, headers={})
        answer = read(
            await handle_post(
                request, "camera", producers=REGISTRY, log=log, tokens=TOKENS, pictures=store
            )
        )

        statuses[answer.status] = statuses.get(answer.status, 0) + 1
        assert answer.status in (200, 201, 400, 413, 415, 422), answer.text
        files = files_in(directory)
        if "picture" in answer.body:
            (file,) = files
            (entry,) = await log.latest("camera", 1)
            size = entry.event.data["size"]
            assert (answer.status, file.name) == (201, entry.event.data["picture"])
            assert isinstance(size, dict)
            assert decoded(file.read_bytes()).size == (size["width"], size["height"])
            file.unlink()
        else:
            assert files == [], answer.text
        if number == TRIES // 3:
            early = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    store.close()
    return statuses, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - early) // 1024


def test_mutated_pictures_leave_nothing_but_what_draws() -> None:
    with tempfile.TemporaryDirectory() as directory:
        statuses, growth = asyncio.run(_post_all(Path(directory)))

    print(statuses, f"{growth} MiB")
    assert statuses.keys() >= {201, 400, 415, 422}
    assert growth < MOST_GROWTH
