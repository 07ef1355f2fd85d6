"""Send one reading, and do not stop before the wall has it. Needs nothing but Python.

EVENTWALL_TOKEN=ew_… python examples/send_reading.py 21.4 °C
"""

import http.client
import json
import os
import sys
import time
import uuid
from urllib.parse import urlsplit

URL = urlsplit(os.environ.get("EVENTWALL_URL", "http://127.0.0.1:8000"))
TRIES = 10


def send(body: str) -> tuple[int, str]:
    """POST `body` until there is a final answer; return its status and text.

    All tries share a key, so that a reading whose answer was lost is not stored twice.
    """
    headers = {
        "Authorization": f"Bearer {os.environ['EVENTWALL_TOKEN']}",
        "Content-Type": "application/json",
        "Idempotency-Key": str(uuid.uuid4()),
    }
    kind = http.client.HTTPSConnection if URL.scheme == "https" else http.client.HTTPConnection
    for seconds in range(1, TRIES + 1):
        connection = kind(URL.netloc, timeout=30)
        try:
            connection.request("POST", "/ingest/readings", body.encode(), headers)
            response = connection.getresponse()
            text = response.read().decode()
            if response.status < 500:
                return response.status, text
            print(f"{response.status}, tried again in {seconds} s", file=sys.stderr)
        except (OSError, http.client.HTTPException) as error:
            print(f"{error}, tried again in {seconds} s", file=sys.stderr)
        finally:
            connection.close()
        time.sleep(seconds)
    return 0, f"no answer after {TRIES} tries"


def main(value: str, unit: str = "") -> int:
    status, text = send(json.dumps({"value": value, "unit": unit}))
    if status in (200, 201):
        print(*json.loads(text)["ids"])
        return 0
    print(json.loads(text)["detail"] if status else text, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
