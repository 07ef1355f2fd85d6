"""The same request again is stored once, however often and however at once it comes."""

import asyncio

from dashboard.log.memory import MemoryLog
from tests.ingest.posting import Post

KEY = {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}


async def test_repeat_is_answered_with_the_first_ids(post: Post, log: MemoryLog) -> None:
    first = await post('{"a": 1, "b": 2}', headers=KEY)
    again = await post('{"b": 2, "a": 1}', headers=KEY)

    assert first.status == 201
    assert "duplicate" not in first.body
    assert again.status == 200
    assert again.body == {"ids": first.body["ids"], "duplicate": True}
    assert (await log.bounds()).newest.seq == 1


async def test_batch_under_a_key_is_one_unit(post: Post, log: MemoryLog) -> None:
    batch = '{"a": 1}\n{"a": 1}\n{"a": 2}\n'

    first = await post(batch, "application/x-ndjson", headers=KEY)
    again = await post(batch, "application/jsonl", headers=KEY)
    part = await post('{"a": 1}', headers=KEY)

    assert len(set(first.body["ids"])) == 3
    assert again.body["ids"] == first.body["ids"]
    assert part.status == 409
    assert "index" not in part.body
    assert (await log.bounds()).newest.seq == 3


async def test_other_content_under_a_key_is_a_conflict(post: Post, log: MemoryLog) -> None:
    await post('{"a": 1}', headers=KEY)

    answer = await post('{"a": 2}', headers=KEY)

    assert (answer.status, answer.code) == (409, "key-conflict")
    assert KEY["Idempotency-Key"] in answer.body["detail"]
    assert (await log.bounds()).newest.seq == 1


async def test_producers_do_not_share_keys(post: Post, log: MemoryLog) -> None:
    assert (await post("1", to="level", headers=KEY)).status == 201
    assert (await post('"a"', to="notes", headers=KEY)).status == 201


async def test_refused_request_does_not_use_up_its_key(post: Post) -> None:
    await post('{"a": NaN}', headers=KEY)

    assert (await post('{"a": 1}', headers=KEY)).status == 201


async def test_thousand_at_once_are_one(post: Post, log: MemoryLog) -> None:
    answers = await asyncio.gather(*(post('{"a": 1}', headers=KEY) for _ in range(1_000)))

    assert len({answer.body["ids"][0] for answer in answers}) == 1
    assert sorted(answer.status for answer in answers) == [200] * 999 + [201]
    assert (await log.bounds()).newest.seq == 1
