"""Mutated payloads of every format: an event that is drawn inert, or a problem; never a fault."""

import asyncio
import json
import logging
import os
import random
import resource
from copy import deepcopy
from typing import Any

import pytest
from django.template.loader import get_template

from dashboard.ingest.handler import handle_post
from dashboard.ingest.tokens import Token, TokenTable, digest
from dashboard.log.memory import MemoryLog
from dashboard.widgets.detections import DetectionsWidget
from producers.detections import DetectionProducer
from producers.detections.detect_format import FORMATS
from producers.limits import why_unfit
from producers.registry import Registry
from tests.ingest.posting import TOKEN, make_request, read
from tests.producers.detections import payloads
from tests.producers.detections.test_fuzz import places
from tests.support.drawn import Page

TRIES = int(os.environ.get("EVENTWALL_FUZZ", "400"))
"""10,000 take 20 seconds."""

MOST_GROWTH = 64
"""MiB, after the first tenth; a leak of one payload a time would be more."""

MOST_PLACES = 5_000
"""In a payload that is made larger still."""

REGISTRY = Registry({"camera": DetectionProducer("camera")})
TOKENS = TokenTable({"testtest": Token(name="t", digest=digest(TOKEN), producers=None)})
PUBLISHED = [one for group in payloads.ALL.values() for one in group]
NAMES = [known.name for known in FORMATS]

HOSTILE: list[Any] = [
    *(
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</bdi></svg><b>",
        "&lt;b&gt;",
    ),
    *("a\nb\r\nc", "data: x\n\nevent: bye\n\n", "\u2028\u2029\x85", "\u202edog\u202c\u2066\u200f"),
    *("x" * 10_240, "W" * 200, "", " ", "\0", "\ud800", "e\u0301" * 90, "{{ 1 }}{% now 'c' %}"),
    *(None, True, 0, -1, 1e308, -1e308, 10**400, float("nan"), float("inf"), 0.5, 2, 1e5),
    *([], {}, [[]], [{}], {"": ""}, [0.5] * 4, [1] * 3000, {"x": 1, "y": 2}, [[0, 0]] * 2001),
]
TAGS = {
    *("div", "p", "bdi", "time", "canvas", "svg", "image", "g", "rect", "polygon", "circle", "b"),
    *("foreignobject", "span", "ul", "li", "path", "ol", "img"),
}
"""What the tile's template itself writes."""


def mutated(payload: Any, chance: random.Random) -> Any:
    """Return a copy with some values replaced, dropped, doubled or put in another's place."""
    made = deepcopy(payload)
    for _ in range(chance.choice((0, 1, 1, 1, 2, 3))):
        found = places(made)
        if not found:
            return chance.choice(HOSTILE)
        if len(found) > MOST_PLACES:
            break
        container, key = chance.choice(found)
        other, name = chance.choice(found)
        match chance.randrange(6):
            case 0 | 1 | 2:
                container[key] = deepcopy(chance.choice(HOSTILE))
            case 3:
                del container[key]
            case 4:
                container[key] = deepcopy(other[name])
            case 5 if isinstance(container, list):
                container += deepcopy(container[:1]) * chance.choice((1, 2, 60))
    return made


def body_of(chance: random.Random) -> bytes:
    """Return a payload, mutated as JSON or as bytes; sometimes several, a line each."""
    said = []
    for _ in range(chance.choice((1, 1, 1, 1, 3))):
        payload = chance.choice(PUBLISHED)
        if isinstance(payload, str):
            at = chance.randrange(len(payload))
            said.append(payload[:at] + str(chance.choice(HOSTILE)) + payload[at:])
        else:
            said.append(json.dumps(mutated(payload, chance), ensure_ascii=chance.random() < 0.5))
    body = "\n".join(said).encode(errors="surrogatepass")
    if chance.random() < 0.15:
        at = chance.randrange(len(body) + 1)
        body = body[:at] + chance.randbytes(3) + body[at + chance.choice((0, 1, 40)) :]
    return body


def query_of(chance: random.Random) -> str:
    name = chance.choice(NAMES)
    return chance.choice(("", "", f"format={name}", "w=640&h=480", f"format={name}&w=9&h=100000"))


async def try_one(seed: int) -> int:
    chance = random.Random(seed)
    log, body = MemoryLog({}), body_of(chance)
    kind = chance.choice(("application/json", None, "text/plain", "application/x-ndjson"))
    request = make_request(body, kind, query=query_of(chance))

    answer = read(await handle_post(request, "camera", producers=REGISTRY, log=log, tokens=TOKENS))

    newest = (await log.bounds()).newest.seq
    assert answer.status in (200, 201, 400, 413, 415, 422), (seed, answer.text)
    if answer.status >= 300:
        assert newest == 0, seed
        assert answer.text.rstrip("\n").isprintable(), seed
        return answer.status
    entries = await log.latest("camera", 60)
    assert newest == len(answer.body["ids"]), seed
    assert all(why_unfit(entry.event) is None for entry in entries), seed
    if entries:
        widget = DetectionsWidget(DetectionsWidget.Options())
        drawn = get_template("dashboard/widgets/detections.html").render(widget.context(entries))
        page = Page(drawn)
        assert {tag for tag, _ in page.tags} <= TAGS, seed
        assert page.misnested == page.open == [], seed
        assert not any(name.startswith("on") for _, given in page.tags for name in given), seed
        assert not set(drawn) & set("\0\x85\u2028\u2029\u202e\u2066\u200f"), seed
    return answer.status


def test_mutated_payloads_are_drawn_inert_or_refused(caplog: pytest.LogCaptureFixture) -> None:
    # pytest keeps each record, and a template's records hold all that was drawn.
    caplog.set_level(logging.INFO, "django.template")

    async def all_of_them() -> dict[int, int]:
        counts: dict[int, int] = {}
        before = 0
        for seed in range(TRIES):
            status = await try_one(seed)
            counts[status] = counts.get(status, 0) + 1
            if seed == TRIES // 10:
                before = most_memory()
        grown = most_memory() - before
        print(f"{TRIES} payloads: {counts}; {before} MiB after a tenth, {grown} MiB more at last")
        assert grown < MOST_GROWTH
        return counts

    counts = asyncio.run(all_of_them())

    assert min(counts[201], counts[422]) > TRIES / 10  # both ways are tried


def most_memory() -> int:
    """Return the most memory that this process ever had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
