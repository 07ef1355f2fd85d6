"""How much one token may send: a bucket with a clock of its own, and what senders are told."""

import pytest
from django.test import override_settings

from dashboard.ingest import handler
from dashboard.ingest.rates import BadRate, Bucket, Rate
from dashboard.ingest.tokens import Token, TokenTable, digest
from dashboard.log.memory import MemoryLog
from dashboard.models import IngestToken
from tests.ingest.posting import NARROW_TOKEN, TOKEN, Post


class Clock:
    """Monotonic seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def _answered_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler, "HELD_BACK", 0)


@pytest.fixture
def tokens(clock: Clock) -> TokenTable:
    """One token at 3 events a minute, and one without a limit."""
    slow = Token(
        name="slow", digest=digest(TOKEN), producers=None, bucket=Bucket(Rate(3, 60), clock)
    )
    other = Token(name="other", digest=digest(NARROW_TOKEN), producers=None)
    return TokenTable({"testtest": slow, "narrow00": other})


@pytest.mark.parametrize(
    ("text", "per_second"), [("100/s", 100), ("6000/m", 100), ("1800/h", 0.5), ("1/h", 1 / 3600)]
)
def test_rate_is_read_and_told_as_it_is_written(text: str, per_second: float) -> None:
    rate = Rate.parse(text)

    assert rate is not None
    assert rate.per_second == per_second
    assert str(rate) == text


def test_none_is_no_limit() -> None:
    assert Rate.parse("none") is None


@pytest.mark.parametrize(
    "text", ["", "100", "0/s", "-1/s", "1.5/s", "100/d", "100/ s", "100/s ", "٣/s", "9" * 10 + "/s"]
)
def test_what_is_no_rate_is_told_with_what_is(text: str) -> None:
    with pytest.raises(BadRate, match=r"is no rate .legal: 100/s, 6000/m or 1000/h, or none"):
        Rate.parse(text)


def test_bucket_gives_a_period_at_once_and_then_the_rate(clock: Clock) -> None:
    bucket = Bucket(Rate(10, 1), clock)

    assert bucket.take(10) == 0
    assert bucket.take(1) == pytest.approx(0.1)
    clock.now += 0.25
    assert bucket.take(2) == 0
    assert bucket.take(1) == pytest.approx(0.05)


def test_bucket_is_never_fuller_than_full(clock: Clock) -> None:
    bucket = Bucket(Rate(10, 1), clock)

    clock.now += 3600

    assert bucket.take(11) > 0
    assert bucket.take(10) == 0
    assert bucket.take(1) > 0


def test_what_is_refused_costs_nothing(clock: Clock) -> None:
    bucket = Bucket(Rate(10, 1), clock)

    for _ in range(100):
        assert bucket.take(11) > 0

    assert bucket.take(10) == 0


async def test_over_the_rate_is_429_with_when_to_come_again(
    post: Post, log: MemoryLog, clock: Clock
) -> None:
    for _ in range(3):
        assert (await post("{}")).status == 201

    over = await post("{}")

    assert (over.status, over.code) == (429, "rate-limited")
    assert over.headers["Retry-After"] == "20"
    assert over.body["legal"] == {"rate": "3/m"}
    assert over.body["stored"] == 0
    assert "3/m" in over.body["detail"]
    assert (await log.bounds()).newest.seq == 3

    clock.now += 19.9
    assert (await post("{}")).headers["Retry-After"] == "1"
    clock.now += 0.2
    assert (await post("{}")).status == 201


async def test_a_batch_counts_its_events(post: Post, log: MemoryLog) -> None:
    assert (await post("[{}, {}]")).status == 201

    assert (await post("[{}, {}]")).status == 429
    assert (await log.bounds()).newest.seq == 2
    # And what was refused has cost nothing: one is left.
    assert (await post("{}")).status == 201
    assert (await post("{}")).status == 429


async def test_a_batch_that_can_never_pass_is_told_so(post: Post, log: MemoryLog) -> None:
    answer = await post("[{}, {}, {}, {}]")

    assert (answer.status, answer.code) == (413, "too-many-events")
    assert "Retry-After" not in answer.headers
    assert answer.body["legal"] == {"events": 3}
    assert "4 events" in answer.body["detail"]
    assert (await log.bounds()).newest.seq == 0


async def test_a_refused_request_counts_as_one(post: Post) -> None:
    statuses = [(await post("{", to=to)).status for to in ("things", "none", "things", "things")]

    assert statuses == [400, 404, 400, 429]


async def test_one_token_takes_nothing_from_another(post: Post) -> None:
    for _ in range(10):
        await post("{}")

    assert (await post("{}")).status == 429
    assert (await post("{}", token=NARROW_TOKEN)).status == 201


async def test_who_has_no_token_spends_nothing(post: Post) -> None:
    for _ in range(10):
        assert (await post("{}", token=TOKEN[:-1] + "x")).status == 401

    assert (await post("{}")).status == 201


class TestTable:
    """Buckets of tokens as they come out of the database."""

    def row(self, number: int, rate: str = "", name: str = "cam") -> IngestToken:
        token = f"ew_{number:08}_" + "s" * 43
        return IngestToken(
            pk=number, name=name, rate=rate, prefix=f"{number:08}", digest=digest(token)
        )

    def bucket(self, table: TokenTable, number: int) -> Bucket | None:
        token = table.find(f"ew_{number:08}_" + "s" * 43)
        assert token is not None
        return token.bucket

    def test_loading_again_fills_no_bucket(self, clock: Clock) -> None:
        table = TokenTable(clock=clock)
        table.accept([self.row(1, "5/s")])
        first = self.bucket(table, 1)
        assert first is not None
        first.take(5)

        table.accept([self.row(1, "5/s")])

        again = self.bucket(table, 1)
        assert again is not None
        assert again.take(1) > 0

    def test_two_secrets_of_one_name_share_a_bucket(self, clock: Clock) -> None:
        table = TokenTable(clock=clock)

        table.accept([self.row(1, "5/s"), self.row(2, "5/s"), self.row(3, "5/s", name="other")])

        assert self.bucket(table, 1) is self.bucket(table, 2)
        assert self.bucket(table, 1) is not self.bucket(table, 3)

    @pytest.mark.parametrize(
        ("setting", "own", "holds"),
        [
            ("7/s", "", Rate(7, 1)),
            ("7/s", "5/m", Rate(5, 60)),
            ("7/s", "none", None),
            (None, "", None),
            (None, "5/m", Rate(5, 60)),
        ],
    )
    def test_own_rate_goes_before_the_setting(
        self, setting: str | None, own: str, holds: Rate | None
    ) -> None:
        table = TokenTable()

        with override_settings(INGEST_RATE=setting):
            table.accept([self.row(1, own)])

        bucket = self.bucket(table, 1)
        assert (bucket.rate if bucket else None) == holds
