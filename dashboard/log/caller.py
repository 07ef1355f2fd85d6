"""CallerWriter: appends by the thread that calls, on its own connection, as its ORM would."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property, partial
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.transaction import TransactionManagementError

from dashboard.log.base import Appended, Entry
from dashboard.log.clock import Clock
from dashboard.log.commit import Committed, commit_group
from dashboard.log.encoding import Encoded
from dashboard.log.files import Files, Identity, identity
from dashboard.log.sequence import HighWater
from dashboard.log.session import Session
from dashboard.log.sqlite import FULL, file_of

Result = TypeVar("Result")


_opened: "WeakKeyDictionary[BaseDatabaseWrapper, Identity | None]" = WeakKeyDictionary()
"""Which file each SQLite connection of this process was opened to; see Session."""


def note_file(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Receive `connection_created`."""
    path = file_of(connection)
    if path is not None:
        _opened[connection] = identity(path)


class CallerSession(Session):
    """Runs work on the connection that the calling thread has, or would have, for its queries.

    It is left open, and is closed when Django closes it: at the end of a request, of a task.
    """

    def __init__(self, alias: str) -> None:
        super().__init__(alias, files=Files(None))

    @cached_property
    def connection(self) -> BaseDatabaseWrapper:
        """The connection as DATABASES says, for the caller goes on with it."""
        return connections[self.alias]

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """As Session's: it is on the disk, and it waits its turn, also where DATABASES asks for
        less."""
        with self._lent(), super().transaction() as cursor:
            yield cursor

    @contextmanager
    def _lent(self) -> Iterator[None]:
        """Have an SQLite connection as `prepare` makes those of the log, and give it back."""
        connection = self.connection
        if connection.vendor != "sqlite" or connection.in_atomic_block:
            yield
            return
        mode = connection.transaction_mode  # type: ignore[attr-defined]
        ((level,),) = self.fetch("PRAGMA synchronous")
        try:
            if str(mode).upper() != "EXCLUSIVE":
                connection.transaction_mode = "IMMEDIATE"  # type: ignore[attr-defined]
            if level < FULL:
                self.fetch(f"PRAGMA synchronous = {FULL}")
            yield
        finally:
            connection.transaction_mode = mode  # type: ignore[attr-defined]
            if level < FULL:
                self.fetch(f"PRAGMA synchronous = {level}")

    def drop(self) -> None:
        if not self.connection.in_atomic_block:
            super().drop()

    def _connect(self) -> None:
        connection = self.connection
        self._generation = self._files.look()
        if connection.in_atomic_block:
            return
        path = file_of(connection)
        found = None
        if path is not None:
            # A missing one is an error: SQLite would make it anew.
            os.stat(path)
            found = identity(path)
        if connection.connection is not None:
            # One that lay idle may have been ended by the server, or on the way to it.
            replaced = found != _opened.get(connection, found)
            if replaced or not connection.is_usable():
                connection.close()
        connection.ensure_connection()


class CallerWriter:
    """Commits one append in the thread that calls; any thread may, several at once.

    `on_commit` is called in that thread with the new entries.
    """

    def __init__(
        self,
        alias: str,
        water: HighWater,
        clock: Clock,
        on_commit: Callable[[list[Entry]], None],
    ) -> None:
        self._alias = alias
        self._water = water
        self._clock = clock
        self._on_commit = on_commit

    def append(self, prepared: Encoded) -> Appended:
        """Store one append, whatever becomes of the transaction that the caller has begun.

        Only in a TestCase, which wraps the whole test in a transaction, it is part of that one.
        Raises KeyConflict and LogUnavailable, and TransactionManagementError where the caller's
        own transaction keeps all others from writing.
        """
        committed = self._run(partial(self._commit, prepared))
        (answer,) = committed.answers
        if not isinstance(answer, Appended):
            raise answer
        return answer

    def _run(self, work: Callable[[Session], Result]) -> Result:
        connection = connections[self._alias]
        begun = [one for one in open_transactions() if _same_database(one, connection)]
        if all(map(_is_of_a_test, begun)):
            return CallerSession(self._alias).run(work)
        if connection.vendor == "sqlite":
            raise TransactionManagementError(
                f"the event log is in the database {self._alias!r}, where this thread has a "
                "transaction open: in SQLite nobody else can write until that ends. Leave "
                "on_commit=False out, or send after the atomic() block, or keep the log in a "
                "database of its own (EVENT_LOG['OPTIONS']['alias'])"
            )
        with ThreadPoolExecutor(1, thread_name_prefix="log-caller") as other:
            return other.submit(_run_once, self._alias, work).result()

    def _commit(self, prepared: Encoded, session: Session) -> Committed:
        if session.connection.in_atomic_block:
            # Nobody knows how it ends: what it wrote is no mark that a later fall is seen by.
            return commit_group(session, [prepared], HighWater(), self._clock)
        committed = commit_group(session, [prepared], self._water, self._clock)
        if committed.entries:
            self._on_commit(committed.entries)
        return committed


def open_transactions() -> list[BaseDatabaseWrapper]:
    """Return the connections on which this thread has begun a transaction."""
    return [
        connection
        for connection in connections.all(initialized_only=True)
        if connection.in_atomic_block
        # Or autocommit was turned off, and the thread commits by itself.
        or (connection.connection is not None and not connection.autocommit)
    ]


def _run_once(alias: str, work: Callable[[Session], Result]) -> Result:
    session = Session(alias)
    try:
        return session.run(work)
    finally:
        session.close()


def _same_database(one: BaseDatabaseWrapper, other: BaseDatabaseWrapper) -> bool:
    if one.alias == other.alias:
        return True
    names = [str(connection.settings_dict["NAME"]) for connection in (one, other)]
    return one.vendor == other.vendor == "sqlite" and names[0] == names[1]


def _is_of_a_test(connection: BaseDatabaseWrapper) -> bool:
    """Whether all that is open is what TestCase opened, as Django itself asks for `durable`."""
    blocks = connection.atomic_blocks
    return bool(blocks) and all(block._from_testcase for block in blocks)  # type: ignore[attr-defined]
