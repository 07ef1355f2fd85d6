"""RedisServer: connections to Redis or Valkey, and what of its setup is told. The only redis-py."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from dashboard.log.base import LogUnavailable

try:
    from redis.asyncio import Redis, Sentinel
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff
    from redis.exceptions import NoScriptError, RedisError, ResponseError
except ImportError as error:
    raise ImportError("it needs redis-py: pip install 'eventwall[redis]'") from error

ANSWERS: Final = 5.0
"""Seconds after which a server is taken to answer no more."""
OLDEST: Final = (6, 2)
"""The first version that has all that the scripts use."""

_AS_IT_COMES: Final = ("HGETALL", "HMGET", "XRANGE", "XREAD", "ZRANGE")
"""Commands of which redis-py would make dicts, or other things in another version of it."""


class RedisServer:
    """A few connections, each opened by need. Belongs to one event loop.

    Nothing is tried twice: what an append did before its connection broke is not known.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: Any = None
        self._digests: dict[str, str] = {}

    async def run(self, script: str, keys: Sequence[str], args: Sequence[object]) -> Any:
        """Return what a script returns, texts as bytes. Raises LogUnavailable."""
        try:
            client = self._connected()
            digest = self._digests.get(script)
            if digest is None:
                digest = self._digests[script] = await client.script_load(script)
            try:
                return await client.evalsha(digest, len(keys), *keys, *args)
            except NoScriptError:  # another server, which was never told it
                return await client.eval(script, len(keys), *keys, *args)
        except (RedisError, OSError, TimeoutError) as error:
            raise LogUnavailable(f"Redis: {error}") from error

    async def ask(self, *commands: Sequence[object]) -> list[Any]:
        """Return what the commands return, all at one moment. Raises LogUnavailable."""
        try:
            async with self._connected().pipeline(transaction=True) as pipeline:
                for command in commands:
                    pipeline.execute_command(*command)
                return list(await pipeline.execute())
        except (RedisError, OSError, TimeoutError) as error:
            raise LogUnavailable(f"Redis: {error}") from error

    async def wait_for(
        self, stream: str, after: str, seconds: float, then: Sequence[object]
    ) -> Any:
        """Wait for entries of a stream after an id, for `seconds` at most (below ANSWERS); return
        these, and what `then` returns at that moment. Raises LogUnavailable."""
        try:
            async with self._connected().pipeline(transaction=False) as pipeline:
                block = int(seconds * 1_000)
                pipeline.execute_command(
                    *("XREAD", "COUNT", 1_000, "BLOCK", block, "STREAMS", stream, after)
                )
                pipeline.execute_command(*then)
                return await pipeline.execute()
        except (RedisError, OSError, TimeoutError) as error:
            raise LogUnavailable(f"Redis: {error}") from error

    async def keeps_all(self) -> bool:
        """Whether a server that was only started anew has all that it acknowledged."""
        info, setting = await self._setup()
        was_replica = str(info.get("master_replid2", "0")).strip("0") != ""
        is_durable = bool(info.get("aof_enabled")) and setting.get("appendfsync") == "always"
        return is_durable and not was_replica

    async def weaknesses(self) -> list[str]:
        """Return what of the server's setup may lose what was acknowledged, or refuse it."""
        info, setting = await self._setup()
        told = []
        version = tuple(int(part) for part in str(info["redis_version"]).split(".")[:2])
        if version < OLDEST:
            told.append(f"it is version {info['redis_version']} (needed: 6.2 or newer)")
        if info.get("role") != "master":
            told.append(f"it is a {info.get('role')}: nothing can be appended there")
        if not info.get("aof_enabled"):
            told.append("appendonly is off: all since its last snapshot is lost when it ends")
        elif setting.get("appendfsync", "always") != "always":
            told.append(f"appendfsync is {setting['appendfsync']}: a power cut takes the newest")
        policy = info.get("maxmemory_policy")
        if info.get("maxmemory") and policy != "noeviction":
            told.append(f"maxmemory-policy is {policy}: it may throw the log away (noeviction)")
        return told

    async def aclose(self) -> None:
        client, self._client = self._client, None
        if client is None:
            return
        watchers = getattr(client.connection_pool, "sentinel_manager", None)
        for one in (client, *(watchers.sentinels if watchers else ())):
            with suppress(RedisError, OSError):
                await one.aclose(close_connection_pool=True)

    async def _setup(self) -> tuple[dict[str, Any], dict[str, str]]:
        """Return INFO, and what of CONFIG is of interest where it may be asked."""
        try:
            info = await self._connected().info()
            try:
                setting = await self._connected().config_get("appendfsync")
            except ResponseError:  # a hosted one, which lets nobody ask
                setting = {}
        except (RedisError, OSError, TimeoutError) as error:
            raise LogUnavailable(f"Redis: {error}") from error
        return info, {_text(name): _text(value) for name, value in setting.items()}

    def _connected(self) -> Any:
        if self._client is None:
            self._client = _client(self._url)
            for command in _AS_IT_COMES:
                self._client.response_callbacks.pop(command, None)
        return self._client


def _client(url: str) -> Any:
    options: dict[str, Any] = {
        "socket_connect_timeout": ANSWERS,
        "socket_timeout": ANSWERS,
        "retry": Retry(NoBackoff(), 0),
        "protocol": 2,
        "decode_responses": False,
    }
    parts = urlsplit(url)
    if "sentinel" not in parts.scheme:
        return Redis.from_url(url, **options)
    # redis+sentinel://user:password@host:26379,host:26379/name, rediss+sentinel:// with TLS
    hosts = parts.netloc.rpartition("@")[2].split(",")
    sentinels = [(host.rpartition(":")[0], int(host.rpartition(":")[2])) for host in hosts]
    if parts.username or parts.password:
        options |= {
            "username": unquote(parts.username or "") or None,
            "password": unquote(parts.password or "") or None,
        }
    if parts.scheme.startswith("rediss"):
        options["ssl"] = True
    watchers: Any = Sentinel(sentinels, sentinel_kwargs={"socket_connect_timeout": 1.0}, **options)  # type: ignore[no-untyped-call]
    return watchers.master_for(parts.path.strip("/"))


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
