"""Hostile: payloads, and a wall that has them in every title and every field of every widget."""

import time
from itertools import cycle
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from tests.support.wall import Wall

ANYTHING: Final = "hostile.Anything"
MODULE: Final = '''
from dashboard.http.headers import ContentSecurityPolicyMiddleware
from producers.base import Producer


class Anything(Producer):
    """Takes any JSON object, as a sloppy producer of somebody's own would."""


class Reporting(ContentSecurityPolicyMiddleware):
    async def __call__(self, request):
        response = await self.get_response(request)
        if policy := response.headers.get("Content-Security-Policy"):
            response.headers["Content-Security-Policy"] = policy + "; report-uri {canary}/report"
        return response
'''
TEMPLATE: Final = (
    '<p class="own" title="{{ entry.event.data.text }}">{{ entry.event.type }} '
    "{{ entry.event.subject }} {{ entry.event.data }}</p>"
)
# Widget → the producer that feeds it. Detections also come unchecked, as from one's own producer.
FED: Final = {
    "clock": ANYTHING,
    "chart": "producers.readings.ReadingsProducer",
    "number": "producers.readings.ReadingsProducer",
    "metrics": "producers.readings.ReadingsProducer",
    "feed": ANYTHING,
    "detections": "producers.detections.DetectionProducer",
    "template": ANYTHING,
    "auto": ANYTHING,
    "gauge": "producers.readings.ReadingsProducer",
    "picture": ANYTHING,
    "progress": ANYTHING,
    "status": ANYTHING,
    "table": ANYTHING,
    "text": ANYTHING,
    "bars": "producers.readings.ReadingsProducer",
    "count": ANYTHING,
    "heat": "producers.readings.ReadingsProducer",
    "timeline": ANYTHING,
}
ALIASES: Final = (*FED, "raw")


def payloads(canary: str) -> dict[str, str]:
    """Return name → text; each would tell the canary if it were taken for more than text."""
    bare = canary.removeprefix("http:")
    return {
        "script": f"<script>fetch('{canary}/script')</script>",
        "script src": f"</title></textarea><script src={bare}/src></script>",
        "onerror": f"<img src={bare}/i onerror=alert(1)>",
        "hx-get": f"<b hx-get='{bare}/hx' hx-trigger=load>b</b>",
        "data-hx": f"<b data-hx-post={bare}/dhx data-hx-trigger=load>",
        "hx-on": f"<b hx-trigger=load hx-on::load=\"fetch('{bare}/on')\">",
        "sse": f"<p hx-ext=sse sse-connect={bare}/sse sse-swap=hb>",
        "close": f"</div></article></main><img src={bare}/out>",
        "javascript": f"javascript:fetch('{bare}/js')",
        "template": "{{ 7|add:7 }}{% debug %}{% include 'dashboard/base.html' %}${7*7}",
        "svg": f"<svg onload=alert(1)><image href={bare}/svg /></svg>",
        "foreign": f"]]></text></svg><iframe src={bare}/frame>",
        "attribute": f'"\'` autofocus onfocus=alert(1) style=background:url({bare}/a) x="',
        "css": f"</style><style>@import '{bare}/css'</style>",
        "meta": f"<meta http-equiv=refresh content=0;url={bare}/meta>",
        "base": f"<base href={bare}/><form action=x><input autofocus>",
        "comment": f"--><!--><object data={bare}/object></object>",
        "entity": f"&lt;img src={bare}/ent&gt;&#60;img src={bare}/num&#62;",
    }


def furnish(directory: Path, canary: str) -> None:
    """Write what a wall beside this directory imports: a producer, a middleware, a template."""
    (directory / "hostile.py").write_text(MODULE.replace("{canary}", canary))
    (directory / "own.html").write_text(TEMPLATE)


def titles_of(canary: str) -> dict[str, str]:
    """Return a title for each producer and its tile."""
    texts = payloads(canary).values()
    return {alias: text[:80] for alias, text in zip(ALIASES, cycle(texts), strict=False)}


def wall_settings(directory: Path, titles: dict[str, str]) -> dict[str, Any]:
    """Return the settings of a wall with a tile for each widget."""
    engine: dict[str, Any] = settings.TEMPLATES[0]
    folders = [*map(str, engine["DIRS"]), str(directory)]
    options = {"template": {"template_name": "own.html"}}
    return {
        "PRODUCERS": {
            alias: {"BACKEND": FED.get(alias, ANYTHING), "OPTIONS": {"title": titles[alias]}}
            for alias in ALIASES
        },
        "DASHBOARDS": {
            "main": {
                "title": titles["feed"],
                "tiles": [
                    {
                        "producer": alias,
                        "widget": alias if alias in FED else "detections",
                        "title": titles[alias],
                        "options": options.get(alias, {}),
                    }
                    for alias in ALIASES
                ],
            },
            "second": {"title": titles["clock"], "tiles": [{"producer": "feed", "id": "f2"}]},
        },
        "MIDDLEWARE": ["hostile.Reporting", *settings.MIDDLEWARE],
        "TEMPLATES": [{**engine, "DIRS": folders}],
    }


def datas(text: str) -> list[tuple[str, Any]]:
    """Return (producer, data) rows with `text` in every field that takes a text."""
    word, name = text[:64], text[:60]
    noon = "2026-01-01T12:00:00+09:00"
    seen = {
        "text": text,
        "caption": text,
        "source": text,
        "id": text,
        "tags": [{"label": text, "score": 0.5}],
        "size": {"width": 640, "height": 480},
        "detections": [
            {
                "label": text,
                "score": 0.5,
                "box": {"x": 0.1, "y": 0.1, "w": 0.5, "h": 0.5},
                "track_id": text,
                "polygon": [[0.1, 0.1], [0.5, 0.1], [0.5, 0.5]],
                "keypoints": [[0.2, 0.2, 0.9]],
                "keypoint_names": [text],
                "zones": [text],
                "extra": {text: text},
            }
        ],
    }
    in_pixels = {
        "detections": [
            {
                **seen["detections"][0],  # type: ignore[index]
                "box": {"x": 10, "y": 10, "w": 50, "h": 50},
                "polygon": [[10, 10], [50, 10], [50, 50]],
                "keypoints": [[20, 20, 0.9]],
            }
        ]
    }
    unchecked = {
        **seen,
        "picture": text,
        "format": text,
        "state": text,
        "box_space": text,
        "size": {"width": text, "height": text},
        "detections": [
            {**seen["detections"][0], "score": text, "box": {"x": text}, "polygon": text}  # type: ignore[index]
        ],
    }
    measures = {name: {"value": 1.5, "unit": word}, f"{name}.2"[-60:]: 2}
    return [
        ("clock", {"time": text, "timezone": text}),
        ("clock", {"time": noon, "timezone": text}),
        ("number", measures),
        ("chart", measures),
        ("metrics", measures),
        ("bars", measures),
        ("heat", measures),
        ("count", seen),
        ("timeline", {"state": text, "text": text}),
        ("metrics", {"value": 3, "name": word, "unit": word, "type": word}),
        ("feed", {"text": text, "level": text, "picture": text, text[:200]: text}),
        ("feed", {text[:200]: {text[:200]: [text]}}),
        ("detections", seen),
        ("detections", {**seen, "text": None, "size": None, "box_space": "px", **in_pixels}),
        ("raw", unchecked),
        ("raw", {**seen, "picture": text}),
        ("template", {"text": text, text[:200]: text}),
        ("auto", {"text": text, text[:200]: text}),
        ("gauge", measures),
        ("picture", {"picture": text, "text": text, "size": text}),
        ("progress", {"progress": 0.5, "text": text, "total": text}),
        ("status", {"state": text, "level": None}),
        ("table", {name: text, f"{name}.2"[-60:]: {"value": 2, "unit": text}}),
        ("text", {"text": text}),
        ("text", {"text": f"[{word}]({word}) ![{word}]({word}) <{word}> `{word}`"}),
    ]


def send(wall: Wall, text: str) -> None:
    """POST every row as it is, and as a CloudEvent with `text` in its attributes."""
    for number, (alias, data) in enumerate(datas(text)):
        event = {
            "specversion": "1.0",
            "id": f"{number}-{time.time_ns()}",
            "source": text.replace(" ", "/"),
        }
        event |= {"type": text, "subject": text, "data": data}
        assert wall.post(alias, data)[0] == 201, (alias, data)
        posted = wall.post(alias, event, Content_Type="application/cloudevents+json")
        assert posted[0] == 201, posted
