"""Whatever comes, the answer is 2xx or a problem, and all of it is stored or nothing."""

import asyncio
import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.ingest.handler import handle_post
from dashboard.ingest.media_types import MEDIA_TYPES
from dashboard.ingest.tokens import Token, TokenTable, digest
from dashboard.log.memory import MemoryLog
from producers.base import Producer
from producers.notes import NotesProducer
from producers.readings import ReadingsProducer
from producers.registry import Registry
from tests.ingest.posting import TOKEN, make_request, read
from tests.ingest.test_strict_json import values

REGISTRY = Registry(
    {p.alias: p for p in (Producer("things"), NotesProducer("notes"), ReadingsProducer("readings"))}
)
TOKENS = TokenTable({"testtest": Token(name="t", digest=digest(TOKEN), producers=None)})

attributes = st.fixed_dictionaries(
    {},
    optional={
        name: values | st.sampled_from(["1.0", "2018-04-05T17:31:00Z", "application/json", "a"])
        for name in (
            "id",
            "source",
            "specversion",
            "type",
            "subject",
            "time",
            "data",
            "data_base64",
        )
    },
)
json_texts = (values | attributes | st.lists(values | attributes, max_size=3)).map(json.dumps)
bodies = (
    json_texts.map(str.encode)
    | st.lists(json_texts, max_size=3).map(lambda lines: "\n".join(lines).encode())
    | st.binary(max_size=60)
    | st.text(max_size=30).map(lambda text: text.encode(errors="surrogatepass"))
    | st.text(st.sampled_from('{}[]",:\\ud80aeE+-.019 tfnNaI\n\0'), max_size=40).map(str.encode)
)
kinds = (
    st.sampled_from([*MEDIA_TYPES, "application/x-www-form-urlencoded", "multipart/form-data"])
    | st.none()
    | st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0;"), max_size=20)
)
headers = st.dictionaries(
    st.sampled_from(
        ["Idempotency-Key", "Content-Encoding", "ce-id", "ce-source", "ce-type", "ce-specversion"]
    ),
    st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=20)
    | st.just("1.0"),
    max_size=5,
)


@settings(max_examples=1_500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=bodies, kind=kinds, to=st.sampled_from(["things", "notes", "readings"]), more=headers)
def test_nothing_that_comes_is_answered_with_5xx(
    body: bytes, kind: str | None, to: str, more: dict[str, str]
) -> None:
    async def store() -> None:
        log = MemoryLog({})
        request = make_request(body, kind, headers=more)

        answer = read(await handle_post(request, to, producers=REGISTRY, log=log, tokens=TOKENS))

        newest = (await log.bounds()).newest.seq
        assert answer.status in (200, 201, 400, 409, 413, 415, 422), answer.text
        if answer.status < 300:
            assert 1 <= newest == len(set(answer.body["ids"]))
        else:
            assert newest == 0
            assert answer.body["stored"] == 0
            assert answer.text.rstrip("\n").isprintable()

    asyncio.run(store())
