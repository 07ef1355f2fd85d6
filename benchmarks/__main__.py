"""`make bench`: measure Eventwall and its peers on this machine; print and keep one table.

ONLY=fanout,idle selects parts, and then nothing is kept; BENCH_REPEAT=3 is how often each is run.
"""

import os
import select
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.load.worker import unlimit
from benchmarks.machine import Others, describe
from benchmarks.parts.part import PARTS, SERVERS, Part
from benchmarks.servers.base import Server
from benchmarks.table import Table

RESULTS: Final = Path(__file__).with_name("results.md")
READ: Final = """\
Medians of {repeat} runs (idle streams: of one, they hardly differ); in each run every server was
measured in turn, one process of each, by clients in another process, over loopback. CPU is that
of the server's process tree, from /proc; memory is PSS; latency is from when an event was due
until a client had read it. Events are 260 bytes; more than 100 a second are posted in batches,
except to Nchan, which takes none. † the load itself was at its limit, so the server could have
done more. – does not apply.
"""


def chosen(words: str) -> list[Part]:
    """Return the parts with these names, all for none. Exits on an unknown name."""
    names = [name for name in words.replace(",", " ").split() if name]
    known = {part.name: part for part in PARTS}
    if unknown := [name for name in names if name not in known]:
        sys.exit(f"ONLY has {unknown[0]!r}; legal are {', '.join(known)}")
    return [known[name] for name in names] or list(PARTS)


def present(table: Table) -> list[type[Server]]:
    """Return the servers that can run here; the others are named in the table's notes."""
    servers = []
    for server in SERVERS:
        if why := server.missing():
            table.miss(server.name, why)
        else:
            servers.append(server)
    return servers


def measure(table: Table, part: Part, servers: Sequence[type[Server]]) -> None:
    """Run the part once on each server."""
    for make in servers:
        if make not in part.servers:
            continue
        began = time.monotonic()
        try:
            with make() as server:
                for figure in part.run(server):
                    table.add(make.name, figure)
        except Exception as error:
            # Whatever it is: the figures of the others are worth keeping.
            table.note(f"{make.name} failed in {part.name}: {type(error).__name__}: {error}")
        print(f"{part.name:9} {make.name:20} {time.monotonic() - began:5.0f} s", flush=True)


def main() -> None:
    if not hasattr(select, "epoll"):
        sys.exit("the benchmarks need epoll and /proc: run them on Linux")
    unlimit()
    parts = chosen(os.environ.get("ONLY", ""))
    repeat = int(os.environ.get("BENCH_REPEAT", "3"))
    table = Table([server.name for server in SERVERS])
    servers = present(table)
    others = Others()
    for part in parts:
        for _ in range(1 if part.once else repeat):
            measure(table, part, servers)
    text = "\n".join(
        [
            "# What `make bench` measured\n",
            *(f"- {line}" for line in describe()),
            f"- everything else on the machine used {others.share:.1%} of it meanwhile",
            f"\n{READ.format(repeat=repeat)}",
            table.markdown(),
            *(f"- {note}" for note in table.notes),
        ]
    )
    print(f"\n{text}")
    if len(parts) == len(PARTS):
        RESULTS.write_text(f"{text.rstrip()}\n")


if __name__ == "__main__":
    main()
