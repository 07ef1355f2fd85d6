"""Registry: PRODUCERS as instances. A broken row is kept as an error and stops no other."""

from collections.abc import Iterator, Mapping
from typing import Any, Self

from producers.base import Producer
from producers.config import ROW_EXAMPLE, Misconfigured, make_producer
from producers.names import why_illegal
from producers.permissions import Readers, readers_of

__all__ = ["Misconfigured", "Registry"]


class Registry(Mapping[str, Producer]):
    """The producers by alias, in the order of the setting; `errors` holds the rows that failed.

    `readers` has an entry for each row that names who may read it, whether it failed or not;
    `rows` are the rows themselves.
    """

    def __init__(
        self,
        producers: Mapping[str, Producer],
        errors: Mapping[str, Misconfigured] | None = None,
        readers: Mapping[str, Readers] | None = None,
        rows: Mapping[str, Any] | None = None,
    ) -> None:
        self._producers = dict(producers)
        self.errors: Mapping[str, Misconfigured] = dict(errors or {})
        self.readers: Mapping[str, Readers] = dict(readers or {})
        self.rows: Mapping[str, Any] = dict(rows or {})

    @classmethod
    def build(cls, setting: Mapping[str, Any], before: "Registry | None" = None) -> Self:
        """Make the producers of a PRODUCERS dict. Raises nothing: see `errors`.

        Those whose row is as it was in `before` are taken over from there.
        """
        if not isinstance(setting, Mapping):
            problem = f"PRODUCERS is {setting!r:.80}, no dict"
            hint = f'Write PRODUCERS = {{"clock": {ROW_EXAMPLE}}}.'
            return cls({}, {"PRODUCERS": Misconfigured("PRODUCERS", problem, hint, kind="setting")})
        good: dict[str, Producer] = {}
        errors: dict[str, Misconfigured] = {}
        claimed: dict[str, str] = {}
        for alias, row in setting.items():
            try:
                _check_alias(alias, claimed)
                kept = None if before is None or before.rows.get(alias) != row else before
                good[alias] = (kept and kept.get(alias)) or make_producer(alias, row)
            except Misconfigured as error:
                errors[str(alias)] = error
        return cls(good, errors, readers_of(setting), setting)

    def __getitem__(self, alias: str) -> Producer:
        return self._producers[alias]

    def __iter__(self) -> Iterator[str]:
        return iter(self._producers)

    def __len__(self) -> int:
        return len(self._producers)


def _check_alias(alias: object, claimed: dict[str, str]) -> None:
    if not isinstance(alias, str):
        raise Misconfigured(
            str(alias), f"PRODUCERS has the key {alias!r:.80}, no string", "Write it in quotes.",
            kind="alias",
        )  # fmt: skip
    reason = why_illegal(alias)
    if reason is not None:
        hint = "Choose another alias: it names the events on the stream and stands in URLs."
        raise Misconfigured(alias, f"PRODUCERS[{alias!r}]: {reason}", hint, kind="alias")
    other = claimed.setdefault(alias.lower(), alias)
    if other != alias:
        raise Misconfigured(
            alias,
            f"PRODUCERS[{alias!r}] and PRODUCERS[{other!r}] differ only in upper and lower case",
            f"Rename {other!r} or {alias!r}; until then {alias!r} is left out.",
            kind="twice",
        )
