"""Standard Webhooks: the specification's own vector, and everything that is not quite one."""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook

from dashboard.http.problems import Refused
from dashboard.ingest.rates import Bucket, Rate
from dashboard.ingest.webhook_secrets import WebhookKey, WebhookTable, read_secret
from dashboard.ingest.webhooks import verify
from dashboard.log.memory import MemoryLog
from tests.ingest.posting import NARROW_TOKEN, TOKEN, Answer, Post

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NEXT = "whsec_" + base64.b64encode(b"n" * 32).decode()
BODY = '{"test": 2432232314}'


def key(secret: str, name: str = "shop", *producers: str) -> WebhookKey:
    return WebhookKey(
        name=name, producers=frozenset(producers or {"things"}), secret=read_secret(secret)
    )


@pytest.fixture
def webhooks() -> WebhookTable:
    return WebhookTable(
        [key(SECRET), key(NEXT), key(NEXT, "shop", "notes"), key(SECRET, "gone", "gone")]
    )


def signature(secret: str, id_: str, timestamp: int, body: str = BODY) -> str:
    """Return what a sender without any library makes."""
    made = base64.b64decode(secret.removeprefix("whsec_"))
    text = f"{id_}.{timestamp}.{body}".encode()
    return "v1," + base64.b64encode(hmac.digest(made, text, hashlib.sha256)).decode()


def signed(
    id_: str = "msg_1", *, late: int = 0, secret: str = SECRET, body: str = BODY
) -> dict[str, str]:
    timestamp = int(time.time()) - late
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, id_, timestamp, body),
    }


async def send(
    post: Post, headers: Mapping[str, str], body: str = BODY, to: str = "things"
) -> Answer:
    return await post(body, token=None, headers=headers, to=to)


SPECIFIED = {
    "HTTP_WEBHOOK_ID": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "HTTP_WEBHOOK_TIMESTAMP": "1614265330",
    "HTTP_WEBHOOK_SIGNATURE": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
"""https://github.com/standard-webhooks/standard-webhooks: the vector of its libraries' tests."""


@pytest.mark.parametrize("late", [-300, 0, 300])
def test_vector_of_the_specification_is_let_in(late: int, webhooks: WebhookTable) -> None:
    found = verify(SPECIFIED, BODY.encode(), webhooks, "things", 1614265330 + late)

    assert found.sender.name == "shop"
    assert found.key == "webhook:shop:msg_p5jXN8AQM9LWM0D4loKWxJek"


@pytest.mark.parametrize("late", [-301, 301])
def test_vector_outside_the_window_is_not(late: int, webhooks: WebhookTable) -> None:
    with pytest.raises(Refused, match=r"301 s in the (past|future)") as refused:
        verify(SPECIFIED, BODY.encode(), webhooks, "things", 1614265330 + late)

    assert refused.value.code == "invalid-signature"


async def test_what_the_package_signs_is_stored(post: Post, log: MemoryLog) -> None:
    now = datetime.now(UTC)
    headers = {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(int(now.timestamp())),
        "Webhook-Signature": Webhook(SECRET).sign("msg_1", now, BODY),
    }

    answer = await send(post, headers)

    [entry] = await log.latest("things", 1)
    assert answer.status == 201
    assert entry.event.data == {"test": 2432232314}


def spoilt(changes: Mapping[str, str | None]) -> dict[str, str]:
    """Return right headers but for `changes`; None takes one away."""
    headers: dict[str, str | None] = {**signed(), **changes}
    return {name: value for name, value in headers.items() if value is not None}


GOOD = signed()["webhook-signature"]


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        pytest.param({"webhook-id": None}, 401, "invalid-signature", id="no id"),
        pytest.param({"webhook-timestamp": None}, 401, "invalid-signature", id="no timestamp"),
        pytest.param({"webhook-signature": None}, 401, "invalid-signature", id="no signature"),
        pytest.param({"webhook-id": "msg_2"}, 401, "invalid-signature", id="another id"),
        pytest.param({"webhook-id": "msg.1"}, 400, "bad-attribute", id="dot in id"),
        pytest.param({"webhook-id": "msg 1"}, 400, "bad-attribute", id="space in id"),
        pytest.param({"webhook-id": "msg\xe9"}, 400, "bad-attribute", id="id not ASCII"),
        pytest.param({"webhook-id": "m" * 129}, 400, "bad-attribute", id="long id"),
        pytest.param({"webhook-timestamp": "soon"}, 400, "bad-attribute", id="timestamp a word"),
        pytest.param({"webhook-timestamp": "1e9"}, 400, "bad-attribute", id="timestamp a float"),
        pytest.param({"webhook-timestamp": "nan"}, 400, "bad-attribute", id="timestamp nan"),
        pytest.param({"webhook-timestamp": "-5"}, 400, "bad-attribute", id="timestamp negative"),
        pytest.param({"webhook-timestamp": "9" * 12}, 401, "invalid-signature", id="year 33658"),
        pytest.param({"webhook-timestamp": "9" * 99}, 400, "bad-attribute", id="timestamp huge"),
        pytest.param({"webhook-signature": "v1,"}, 401, "invalid-signature", id="empty"),
        pytest.param({"webhook-signature": "nonsense"}, 401, "invalid-signature", id="no version"),
        pytest.param({"webhook-signature": "v1,%%%"}, 401, "invalid-signature", id="no base64"),
        pytest.param({"webhook-signature": "v1,\xe9"}, 401, "invalid-signature", id="not ASCII"),
        pytest.param({"webhook-signature": "v1a,AAAA"}, 401, "invalid-signature", id="v1a alone"),
        pytest.param(
            {"webhook-signature": GOOD[3:]}, 401, "invalid-signature", id="without version"
        ),
        pytest.param(
            {"webhook-signature": "v1,x " * 1000}, 401, "invalid-signature", id="a thousand"
        ),
    ],
)
async def test_headers_that_are_not_right(
    headers: dict[str, str | None], status: int, code: str, post: Post, log: MemoryLog
) -> None:
    answer = await send(post, spoilt(headers))

    assert (answer.status, answer.code) == (status, code)
    assert answer.body["stored"] == 0
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    assert (await log.bounds()).newest.seq == 0


@pytest.mark.parametrize("late", [-360, 360])
async def test_six_minutes_off_is_refused_and_says_by_how_much(late: int, post: Post) -> None:
    answer = await send(post, signed(late=late))

    assert (answer.status, answer.code) == (401, "invalid-signature")
    assert "300 s are legal" in answer.body["detail"]


@pytest.mark.parametrize("body", ['{"test": 2432232315}', BODY + " ", "", "\ufeff" + BODY])
async def test_flipped_body_is_refused(body: str, post: Post) -> None:
    assert (await send(post, signed(), body)).status == 401


async def test_body_that_is_no_text_is_refused(post: Post) -> None:
    answer = await post(b"\xff\xfe", token=None, headers=signed())

    assert (answer.status, answer.code) == (401, "invalid-signature")


async def test_replay_is_answered_with_the_first_ids(post: Post, log: MemoryLog) -> None:
    headers = signed()

    first = await send(post, headers)
    replayed = await send(post, headers)
    retried = await send(post, signed(late=30))

    assert (first.status, replayed.status, retried.status) == (201, 200, 200)
    assert replayed.body == retried.body == first.body | {"duplicate": True}
    assert (await log.bounds()).newest.seq == 1


async def test_same_id_with_other_content_is_a_conflict(post: Post) -> None:
    await send(post, signed())

    answer = await send(post, signed(body="{}"), "{}")

    assert (answer.status, answer.code) == (409, "key-conflict")


async def test_idempotency_key_of_another_header_is_not_looked_at(post: Post) -> None:
    """It is not signed: whoever overheard a request could store it again under another key."""
    first = await send(post, signed() | {"Idempotency-Key": "a"})
    again = await send(post, signed() | {"Idempotency-Key": "b"})

    assert again.body["ids"] == first.body["ids"]


async def test_ids_of_a_sender_are_its_own(post: Post) -> None:
    by_token = await post(BODY, headers={"Idempotency-Key": "msg_1"})
    by_signature = await send(post, signed())

    assert (by_token.status, by_signature.status) == (201, 201)


@pytest.mark.parametrize("secret", [SECRET, NEXT])
async def test_both_secrets_are_right_while_one_is_rotated(secret: str, post: Post) -> None:
    assert (await send(post, signed(secret=secret))).status == 201


async def test_one_right_signature_of_several_is_enough(post: Post) -> None:
    headers = signed()
    headers["webhook-signature"] = f"v1,AAAA v1a,BBBB {headers['webhook-signature']}"

    assert (await send(post, headers)).status == 201


async def test_secret_for_another_producer_is_like_none(post: Post) -> None:
    answers = [
        await send(post, signed(secret=SECRET), to=to) for to in ("notes", "doors", "gone-too")
    ]

    assert {answer.status for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    # It is told that there is no such producer when it signs for that.
    assert (await send(post, signed(), to="gone")).status == 404


async def test_with_a_token_the_signature_is_not_looked_at(post: Post) -> None:
    nonsense = {"webhook-id": "1", "webhook-signature": "v1,x"}

    assert (await post("{}", token=TOKEN, headers=nonsense)).status == 201
    assert (await post("{}", token=NARROW_TOKEN, headers=signed(body="{}"))).status == 403


async def test_too_large_a_body_is_refused_before_it_is_hashed(post: Post) -> None:
    large = "x" * 65_536

    assert (await send(post, signed(), large)).status == 413
    # Not even under a type that may have more.
    assert (await post(large, "image/png", token=None, headers=signed())).status == 413


async def test_rate_holds_for_signed_requests_too(post: Post, webhooks: WebhookTable) -> None:
    [first, *_] = webhooks.keys_for("things")
    limited = WebhookKey(
        name="slow",
        producers=frozenset({"things"}),
        secret=first.secret,
        bucket=Bucket(Rate(1, 3600)),
    )
    webhooks._take([limited])

    statuses = [(await send(post, signed(f"msg_{number}"))).status for number in range(2)]

    assert statuses == [201, 429]


async def test_batch_under_one_id_is_one_unit(post: Post, log: MemoryLog) -> None:
    body = '[{"a": 1}, {"a": 2}]'

    first = await send(post, signed(body=body), body)
    again = await send(post, signed(body=body), body)

    assert first.body["ids"] == again.body["ids"]
    assert (await log.bounds()).newest.seq == 2


async def test_headers_may_have_the_names_of_before_the_standard(post: Post) -> None:
    named = {name.replace("webhook", "svix"): said for name, said in signed().items()}

    assert (await send(post, named)).status == 201
    assert (await send(post, named | {"svix-signature": "v1,x"})).code == "invalid-signature"
