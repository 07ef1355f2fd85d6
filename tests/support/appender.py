"""A process that appends to the log of EVENTWALL_DATA_DIR: prints "ready", waits for a line on
stdin, then prints the time and the ids of each append that was acknowledged.

Usage: python appender.py APPENDS TASKS BATCH [KEY]; with APPENDS 0 it appends until it is killed.
"""

import asyncio
import itertools
import os
import sys
import time

import django


async def main(appends: int, tasks: int, batch: int, key: str | None) -> None:
    from dashboard.log.database import DatabaseLog
    from producers.base import utc_now
    from producers.events import Event

    log = DatabaseLog({})
    turns = iter(range(appends)) if appends else itertools.count()

    async def append() -> None:
        for turn in turns:
            value = {"value": "same" if key else turn}
            event = Event(producer="other", type="reading", time=utc_now(), data=value, key=key)
            answer = await log.append([event] * batch)
            print(f"{time.time():f}", *(entry_id.seq for entry_id in answer.ids), flush=True)

    print("ready", flush=True)
    sys.stdin.readline()
    await asyncio.gather(*(append() for _ in range(tasks)))
    await log.aclose()


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "site_config.settings"
    django.setup()
    appends, tasks, batch = map(int, sys.argv[1:4])
    asyncio.run(main(appends, tasks, batch, sys.argv[4] if len(sys.argv) > 4 else None))
