"""The store: pictures are there whole or not at all, go when they must, and are read once."""

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboard.conf import Conf
from dashboard.log.base import LogUnavailable
from dashboard.log.memory import MemoryLog
from dashboard.pictures.appending import PictureAppender
from dashboard.pictures.container import BadPicture
from dashboard.pictures.folder import MARGIN, Folder, sweep
from dashboard.pictures.store import PictureStore, PicturesUnavailable
from producers.events import Event
from tests.support.pictures import drawn, encoded

NOW = datetime.now(UTC)


def since_an_hour() -> list[tuple[datetime, datetime]]:
    now = datetime.now(UTC)
    return [(now - timedelta(hours=1), now)]


def name(digit: int) -> str:
    return f"{digit:032x}.jpg"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "pictures")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PictureStore]:
    made = PictureStore(tmp_path / "pictures", Conf())
    yield made
    made.close()


@pytest.fixture
def files(tmp_path: Path) -> Callable[[], list[str]]:
    """Return a function that lists all files there are, hidden ones too."""

    def files() -> list[str]:
        there = tmp_path / "pictures"
        return sorted(str(p.relative_to(there)) for p in there.rglob("*") if p.is_file())

    return files


def event(picture: bytes | None, **data: object) -> Event:
    return Event(producer="cam", type="seen", time=NOW, data=data, picture=picture)  # type: ignore[arg-type]


# Folder


def test_a_picture_is_put_once_and_for_its_owner_alone(folder: Folder, tmp_path: Path) -> None:
    path = tmp_path / "pictures" / "cam" / name(1)
    first = folder.put("cam", name(1), b"x")
    there_since = path.stat().st_mtime_ns
    again = folder.put("cam", name(1), b"x")

    assert (first, again) == (there_since, None)
    assert folder.get("cam", name(1)) == b"x"
    assert folder.get("other", name(1)) is None
    assert path.stat().st_mode & 0o777 == 0o600


def test_discard_leaves_what_somebody_else_kept_since(folder: Folder) -> None:
    alone = folder.put("cam", name(1), b"x")
    shared = folder.put("cam", name(2), b"x")
    assert alone is not None
    assert shared is not None
    folder.put("cam", name(2), b"x")

    folder.discard("cam", name(1), alone)
    folder.discard("cam", name(2), shared)

    assert folder.get("cam", name(1)) is None
    assert folder.get("cam", name(2)) == b"x"


@pytest.mark.parametrize(
    ("alias", "id_"),
    [("..", name(1)), ("cam", "../secret_key"), ("cam", "x.jpg"), ("cam/..", name(1)),
     ("cam", name(1) + "\n"), ("cam", name(1).replace("jpg", "svg")), ("", name(1))],
)  # fmt: skip
def test_no_other_name_touches_the_disk(folder: Folder, alias: str, id_: str) -> None:
    with pytest.raises(ValueError, match="name no picture"):
        folder.put(alias, id_, b"x")
    with pytest.raises(ValueError, match="name no picture"):
        folder.get(alias, id_)


# Sweeping


def age(root: Path, alias: str, id_: str, by: timedelta) -> None:
    at = time.time() - by.total_seconds()
    os.utime(root / "pictures" / alias / id_, (at, at))


def test_sweep_removes_what_no_entry_refers_to(
    folder: Folder, tmp_path: Path, files: Callable[[], list[str]]
) -> None:
    for number, minutes in [(1, 100), (2, 65), (3, 10)]:
        folder.put("cam", name(number), b"x")
        age(tmp_path, "cam", name(number), timedelta(minutes=minutes))
    stranger = tmp_path / "pictures" / "cam" / "notes.txt"
    stranger.write_text("mine")
    os.utime(stranger, (0, 0))

    gone = sweep(folder, since_an_hour(), 10**6)

    assert timedelta(minutes=5) < MARGIN < timedelta(minutes=40)
    assert gone == 1
    assert files() == [f"cam/{name(2)}", f"cam/{name(3)}", "cam/notes.txt"]


def test_a_picture_that_is_kept_again_stays(folder: Folder, tmp_path: Path) -> None:
    folder.put("cam", name(1), b"x")
    age(tmp_path, "cam", name(1), timedelta(hours=5))
    folder.put("cam", name(1), b"x")

    assert sweep(folder, since_an_hour(), 10**6) == 0


def test_sweep_removes_the_oldest_beyond_the_cap(
    folder: Folder, tmp_path: Path, files: Callable[[], list[str]]
) -> None:
    for number in range(5):
        alias = "cam" if number % 2 else "door"
        folder.put(alias, name(number), b"x" * 100)
        age(tmp_path, alias, name(number), timedelta(minutes=50 - number))

    gone = sweep(folder, since_an_hour(), 250)

    assert gone == 3
    assert files() == [f"cam/{name(3)}", f"door/{name(4)}"]


def test_sweep_removes_what_was_never_finished(folder: Folder, tmp_path: Path) -> None:
    folder.put("cam", name(1), b"x")
    for hours in (0, 2):
        part = tmp_path / "pictures" / "cam" / f".{name(2)}.{hours}.part"
        part.write_bytes(b"x")
        os.utime(part, (time.time() - hours * 3600 - 1,) * 2)

    sweep(folder, [(NOW, NOW)], 10**6)

    assert len(list((tmp_path / "pictures" / "cam").glob(".*.part"))) == 1


def test_sweep_of_nothing_removes_nothing(folder: Folder) -> None:
    assert sweep(folder, [(NOW, NOW)], 0) == 0


# Store


async def test_what_is_kept_can_be_read(store: PictureStore) -> None:
    picture = await store.verify(encoded())

    async with store.kept("cam", picture):
        pass

    assert await store.read("cam", picture.id) == picture.data
    assert await store.read("other", picture.id) is None


async def test_what_fails_inside_leaves_no_picture(
    store: PictureStore, files: Callable[[], list[str]]
) -> None:
    picture = await store.verify(encoded())

    with pytest.raises(LogUnavailable):
        async with store.kept("cam", picture):
            raise LogUnavailable

    assert files() == []
    assert await store.read("cam", picture.id) is None


async def test_what_fails_inside_leaves_the_picture_of_an_earlier_event(
    store: PictureStore, files: Callable[[], list[str]]
) -> None:
    picture = await store.verify(encoded())
    async with store.kept("cam", picture):
        pass

    with pytest.raises(LogUnavailable):
        async with store.kept("cam", picture):
            raise LogUnavailable

    assert files() == [f"cam/{picture.id}"]


async def test_many_readers_read_the_disk_once(tmp_path: Path) -> None:
    writer, reader = (PictureStore(tmp_path / "pictures", Conf()) for _ in range(2))
    picture = await writer.verify(encoded())
    async with writer.kept("cam", picture):
        pass

    first = await asyncio.gather(*(reader.read("cam", picture.id) for _ in range(100)))
    (tmp_path / "pictures" / "cam" / picture.id).unlink()
    later = await reader.read("cam", picture.id)

    assert len({id(data) for data in (*first, later)}) == 1
    writer.close()
    reader.close()


async def test_a_full_disk_is_told(store: PictureStore, tmp_path: Path) -> None:
    (tmp_path / "pictures").write_text("a file where the folder should be")
    picture = await store.verify(encoded())

    with pytest.raises(PicturesUnavailable):
        async with store.kept("cam", picture):
            pytest.fail("nothing was kept")


async def test_too_many_at_once_are_sent_away(store: PictureStore) -> None:
    padded = encoded() + b"\0" * 8_000_000

    done = await asyncio.gather(*(store.verify(padded) for _ in range(24)), return_exceptions=True)

    busy = [result for result in done if isinstance(result, PicturesUnavailable)]
    assert 1 <= len(busy) <= 10
    assert (await store.verify(padded)).width == 64


# What producers yield


async def test_an_event_that_brings_its_picture_is_appended_with_its_id(
    store: PictureStore, files: Callable[[], list[str]]
) -> None:
    log = MemoryLog({})
    appender = PictureAppender(log, store)

    await appender.append([event(encoded("PNG", drawn(40, 30)), text="a"), event(None, text="b")])

    first, second = (entry.event for entry in await log.latest("cam", 2))
    assert first.data["size"] == {"width": 40, "height": 30}
    assert files() == [f"cam/{first.data['picture']}"]
    assert (first.picture, second.data) == (None, {"text": "b"})


async def test_an_event_whose_picture_is_none_is_refused(
    store: PictureStore, files: Callable[[], list[str]]
) -> None:
    appender = PictureAppender(MemoryLog({}), store)

    with pytest.raises(ValueError, match="its picture is not taken: this JPEG is cut off") as bad:
        await appender.append([event(encoded("PNG")), event(encoded("JPEG")[:90])])

    assert isinstance(bad.value.__cause__, BadPicture)
    assert files() == []


async def test_without_a_store_events_go_without_their_pictures() -> None:
    log = MemoryLog({})

    await PictureAppender(log, None).append([event(encoded(), text="a")])

    (entry,) = await log.latest("cam", 1)
    assert (entry.event.data, entry.event.picture) == ({"text": "a"}, None)
