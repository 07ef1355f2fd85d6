"""Show on the wall what Azure AI Vision sees: python examples/post_azure_vision.py photo.jpg

Needs EVENTWALL_TOKEN, AZURE_VISION_ENDPOINT, AZURE_VISION_KEY. Without a photo: a recorded one.
"""

import os
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

WALL = os.environ.get("EVENTWALL_URL", "http://127.0.0.1:8000") + "/ingest/camera"
PART = b'--next-part\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'


def detect(photo: Path) -> bytes:
    path = "/computervision/imageanalysis:analyze?api-version=2023-10-01&features=objects,people"
    url = os.environ["AZURE_VISION_ENDPOINT"].rstrip("/") + path
    kind, key = "application/octet-stream", os.environ["AZURE_VISION_KEY"]
    return ask(url, photo.read_bytes(), kind, "Ocp-Apim-Subscription-Key", key)


def ask(url: str, body: bytes, kind: str, header: str, key: str) -> bytes:
    request = Request(url, body, {"Content-Type": kind, header: key})
    try:
        return bytes(urlopen(request, timeout=30).read())
    except HTTPError as refused:
        sys.exit(f"{url}: {refused.read().decode()}")


def post(photo: bytes, result: bytes) -> bytes:
    body = PART % (b"picture", photo) + PART % (b"result", result) + b"--next-part--\r\n"
    kind = "multipart/form-data; boundary=next-part"
    return ask(WALL, body, kind, "Authorization", f"Bearer {os.environ['EVENTWALL_TOKEN']}")


own = [Path(name) for name in sys.argv[1:] if name != "--recorded"]
photo = own[0] if own else Path(__file__).parent / "recorded" / "astronaut.jpg"
result = detect(photo) if own else photo.with_name("azure_vision.json").read_bytes()
print(post(photo.read_bytes(), result).decode())
