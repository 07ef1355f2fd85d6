"""Who may post: one table of tokens, and what each request learns."""

import logging
import statistics
import time

import pytest
from django.test import override_settings

from dashboard.access.debug_token import debug_token, may_use_debug_token
from dashboard.ingest.tokens import LEGAL_TOKEN, TokenTable
from dashboard.log.memory import MemoryLog
from tests.ingest.posting import NARROW_TOKEN, TOKEN, Post, make_request

BARE = 'Bearer realm="eventwall"'
INVALID = f'{BARE}, error="invalid_token"'


@pytest.mark.parametrize(
    ("header", "status", "challenge"),
    [
        pytest.param(None, 401, BARE, id="none"),
        pytest.param("", 401, BARE, id="empty"),
        pytest.param("Basic dXNlcjpwYXNz", 401, INVALID, id="basic"),
        pytest.param(TOKEN, 401, BARE, id="without its scheme"),
        pytest.param("Bearer", 401, INVALID, id="scheme alone"),
        pytest.param("Bearer x", 401, INVALID, id="misshapen"),
        pytest.param(f"Bearer {TOKEN} ", 401, INVALID, id="space after"),
        pytest.param(f"Bearer {TOKEN}x", 401, INVALID, id="longer"),
        pytest.param(f"Bearer {TOKEN[:-1]}", 401, INVALID, id="shorter"),
        pytest.param(f"Bearer {TOKEN[:-1]}x", 401, INVALID, id="known prefix, wrong secret"),
        pytest.param(f"Bearer ew_unknown0_{'s' * 43}", 401, INVALID, id="unknown prefix"),
        pytest.param(f"Bearer {TOKEN.upper()}", 401, INVALID, id="other case"),
        pytest.param(f"Bearer {TOKEN},Bearer {TOKEN}", 401, INVALID, id="twice"),
        pytest.param("Bearer \xe9" + "x" * 50, 401, INVALID, id="not ASCII"),
        pytest.param("Bearer " + "x" * 100_000, 401, INVALID, id="100 kB"),
        pytest.param(f"Bearer {NARROW_TOKEN}", 403, None, id="other producers"),
        pytest.param(f"bearer   {TOKEN}", 201, None, id="lower case scheme"),
        pytest.param(f"Bearer {TOKEN}", 201, None, id="good"),
    ],
)
async def test_token_table(
    header: str | None, status: int, challenge: str | None, post: Post, log: MemoryLog
) -> None:
    headers = {} if header is None else {"Authorization": header}

    answer = await post('{"a": 1}', token=None, headers=headers)

    assert answer.status == status
    if challenge is not None:
        assert answer.headers["WWW-Authenticate"] == challenge
    assert (await log.bounds()).newest.seq == (status == 201)
    assert "ssssssss" not in answer.text


async def test_refused_tokens_are_answered_alike(post: Post) -> None:
    known = await post("{}", token=TOKEN[:-1] + "x")
    unknown = await post("{}", token="ew_unknown0_" + "s" * 43)

    assert known.text == unknown.text
    assert dict(known.headers) == dict(unknown.headers)


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ({"Authorization": "Bearer $EVENTWALL_TOKEN"}, "a variable that was not filled in"),
        ({"Authorization": f'Bearer "{TOKEN}"'}, "not shaped as a token is"),
        ({"Authorization": "Bearer "}, "it is empty"),
        ({"X-Hub-Signature-256": "sha256=0"}, "(X-Hub-Signature-256 is not looked at)"),
        ({"X-Auth-Token": TOKEN, "Stripe-Signature": "t=1"},
         "(Stripe-Signature, X-Auth-Token are not looked at)"),
    ],
)  # fmt: skip
async def test_what_is_no_token_by_its_shape_or_header_is_told_so(
    headers: dict[str, str], says: str, post: Post
) -> None:
    answer = await post("{}", token=None, headers=headers)

    assert (answer.status, says in answer.body["detail"]) == (401, True), answer.text
    assert TOKEN not in answer.text


async def test_who_has_no_token_does_not_learn_which_producers_there_are(post: Post) -> None:
    for token in (None, "x"):
        there = await post("{}", to="things", token=token)
        missing = await post("{}", to="nothing", token=token)

        assert there.status == missing.status == 401
        assert there.text == missing.text
        assert "things" not in there.text


async def test_narrow_token_learns_of_its_own_producers_alone(post: Post) -> None:
    there = await post("{}", to="things", token=NARROW_TOKEN)
    missing = await post("{}", to="nothing", token=NARROW_TOKEN)
    own = await post('{"text": "a"}', to="notes", token=NARROW_TOKEN)
    gone = await post("{}", to="gone", token=NARROW_TOKEN)

    assert (there.status, own.status, gone.status) == (403, 201, 404)
    assert there.text == missing.text
    assert there.body["legal"] == ["gone", "notes"]
    assert gone.body["known"] == ["notes"]
    assert 'error="insufficient_scope"' in there.headers["WWW-Authenticate"]


async def test_token_is_checked_before_the_body_is_read(post: Post) -> None:
    answer = await post("x" * 2_000_000, "image/png", token="x")

    assert answer.status == 401


async def test_cookies_open_nothing(post: Post) -> None:
    answer = await post("{}", token=None, headers={"Cookie": f"sessionid=1; token={TOKEN}"})

    assert answer.status == 401


def test_known_and_unknown_prefixes_take_the_same_time(tokens: TokenTable) -> None:
    known, unknown = TOKEN[:-1] + "x", "ew_unknown0_" + "s" * 42 + "x"
    spans: dict[str, list[int]] = {known: [], unknown: []}

    # In turn, so that what else the machine does meets both.
    for _ in range(50_000):
        for token, taken in spans.items():
            started = time.perf_counter_ns()
            tokens.find(token)
            taken.append(time.perf_counter_ns() - started)

    assert 0.8 < statistics.median(spans[known]) / statistics.median(spans[unknown]) < 1.25


class TestDebugToken:
    @pytest.mark.parametrize(
        ("client", "headers", "debug", "works"),
        [
            ("127.0.0.1", {}, True, True),
            ("127.8.8.8", {}, True, True),
            ("::1", {}, True, True),
            ("::ffff:127.0.0.1", {}, True, True),
            ("127.0.0.1", {}, False, False),
            ("192.0.2.1", {}, True, False),
            ("::ffff:192.0.2.1", {}, True, False),
            ("2001:db8::1", {}, True, False),
            ("", {}, True, False),
            ("localhost", {}, True, False),
            ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, True, False),
            ("127.0.0.1", {"X-Forwarded-For": ""}, True, False),
            ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}, True, False),
            ("127.0.0.1", {"X-Real-IP": "127.0.0.1"}, True, False),
            ("127.0.0.1", {"Via": "1.1 proxy"}, True, False),
        ],
    )
    async def test_works_on_this_machine_alone(
        self, client: str, headers: dict[str, str], debug: bool, works: bool, post: Post
    ) -> None:
        with override_settings(DEBUG=debug):
            request = make_request(client=client, headers=headers)
            answer = await post('{"a": 1}', token=debug_token(), client=client, headers=headers)

            assert may_use_debug_token(request) is works
            assert answer.status == (201 if works else 401)

    async def test_wrong_secret_is_refused(self, post: Post) -> None:
        with override_settings(DEBUG=True):
            token = debug_token()[:-1] + ("x" if debug_token()[-1] != "x" else "y")

            assert (await post("{}", token=token, client="127.0.0.1")).status == 401

    async def test_client_without_address_is_not_local(self) -> None:
        request = make_request()
        del request.META["REMOTE_ADDR"]

        with override_settings(DEBUG=True):
            assert not may_use_debug_token(request)

    def test_is_made_from_the_secret_key(self) -> None:
        with override_settings(SECRET_KEY="a" * 50):
            first, again = debug_token(), debug_token()
        with override_settings(SECRET_KEY="b" * 50):
            other = debug_token()

        assert first == again != other
        assert LEGAL_TOKEN.fullmatch(first)
        assert "a" * 8 not in first


async def test_no_token_is_logged_or_shown(
    post: Post, tokens: TokenTable, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    for token in (TOKEN, NARROW_TOKEN, TOKEN[:-1] + "x"):
        answer = await post("{}", token=token)
        assert token[12:40] not in answer.text

    assert "ssss" not in caplog.text
    assert "nnnn" not in caplog.text
    assert "digest" not in repr(tokens.find(TOKEN))
    assert TOKEN not in repr(vars(tokens))
