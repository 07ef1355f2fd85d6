"""Print every event of the wall, or of some producers; nothing missed, nothing twice.

    python examples/follow.py notes readings

It needs nothing but Python. When the connection breaks it comes back with the id of the last
event it had, and the wall sends what happened in between.
"""

import http.client
import os
import sys
import time
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

URL = urlsplit(os.environ.get("EVENTWALL_URL", "http://127.0.0.1:8000"))
SINCE = os.environ.get("EVENTWALL_SINCE", "latest")
SILENT = 30
"""Seconds without a byte after which the connection is dead: the wall sends `hb` each 10 s."""


def read(path: str, cursor: list[str]) -> Iterator[tuple[str, str]]:
    """Yield (event name, data) until the stream ends; `cursor` keeps the last id."""
    kind = http.client.HTTPSConnection if URL.scheme == "https" else http.client.HTTPConnection
    connection = kind(URL.netloc, timeout=SILENT)
    try:
        headers = {"Last-Event-ID": cursor[0]} if cursor else {}
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        if response.status != 200:
            sys.exit(f"{response.status}: {response.read().decode()}")
        name, data, last = "", [], ""
        while line := response.readline().decode():
            field, _, value = line.rstrip("\n").partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                data.append(value)
            elif field == "id":
                last = value
            elif not field:
                if data:
                    yield name, "\n".join(data)
                if last:
                    cursor[:] = [last]
                name, data, last = "", [], ""
    finally:
        connection.close()


def main(producers: list[str]) -> None:
    query = {"since": SINCE} | ({"producer": ",".join(producers)} if producers else {})
    path = f"/events/?{urlencode(query)}"
    cursor: list[str] = []
    while True:
        try:
            for name, data in read(path, cursor):
                if name != "hb":
                    print(name, data, flush=True)
        except (OSError, http.client.HTTPException) as error:
            print(f"{error}; connecting again", file=sys.stderr)
        time.sleep(1)


if __name__ == "__main__":
    main(sys.argv[1:])
