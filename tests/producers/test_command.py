"""CommandProducer: what a program's lines become, and that it ends with the wall."""

import asyncio
import logging
import os
import sys
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from producers import command
from producers.command import CommandEnded, CommandProducer


def program(script: str, **options: Any) -> CommandProducer:
    words = [sys.executable, "-u", "-c", script]
    return CommandProducer("it", CommandProducer.Options(command=words, **options))


async def said(producer: CommandProducer, count: int) -> list[tuple[str, dict[str, Any]]]:
    """Return type and data of its first events."""
    found = []
    async with asyncio.timeout(60), aclosing(stream_of(producer)) as stream:
        async for value in stream:
            event = producer.event(value)
            found.append((event.type, dict(event.data)))
            if len(found) == count:
                break
    return found


def stream_of(producer: CommandProducer) -> Any:
    return producer.events()


async def ending(producer: CommandProducer) -> str:
    """Return how its program ended, as the tile tells it."""
    try:
        async with asyncio.timeout(60):
            async for _ in producer.events():
                pass
    except CommandEnded as error:
        return str(error)
    return "it ended without a word"


async def test_each_line_is_an_event() -> None:
    script = """print('{"cpu": 3}'); print(); print(21.4); print('[1, 2]'); print('door open');
print('{"broken'); print('grüße'); import time; time.sleep(600)"""

    assert await said(program(script), 7) == [
        ("reading", {"cpu": 3}),
        ("reading", {"value": 21.4}),
        ("reading", {"value": 1}),
        ("reading", {"value": 2}),
        ("note", {"text": "door open", "level": "info"}),
        ("note", {"text": '{"broken', "level": "info"}),
        ("note", {"text": "grüße", "level": "info"}),
    ]


async def test_one_text_is_read_as_a_shell_would_split_it(tmp_path: Path) -> None:
    (tmp_path / "two words").write_text("hello")
    options = CommandProducer.Options(command="cat 'two words'", directory=tmp_path)

    assert await said(CommandProducer("it", options), 1) == [
        ("note", {"text": "hello", "level": "info"})
    ]


async def test_it_gets_the_variables_that_its_options_name() -> None:
    producer = program("import os; print(os.environ['KEY'])", environment={"KEY": "from options"})

    assert (await said(producer, 1))[0][1]["text"] == "from options"
    assert "from options" not in repr(producer.options)


async def test_its_end_is_told_with_the_last_of_what_it_complained_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    script = "import sys; [print(n, file=sys.stderr) for n in range(9)]; sys.exit(3)"

    with caplog.at_level(logging.INFO, "producers.command"):
        told = await ending(program(script))

    assert told == f"{sys.executable} ended with exit code 3: 6 / 7 / 8"
    assert "complains alias=it: 0" in caplog.text


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("import os; os.kill(os.getpid(), 9)", "was ended by signal 9"),
        ("print('x' * 300_000)", "a line of more than 262144 bytes"),
        ("pass", "ended with exit code 0"),
    ],
)
async def test_other_ends_are_told_too(script: str, told: str) -> None:
    assert told in await ending(program(script))


async def test_a_program_that_is_not_there_is_told_by_the_check_and_when_it_is_started() -> None:
    producer = CommandProducer("it", CommandProducer.Options(command=["no-such-program"]))

    (message,) = producer.check()

    assert "there is no program 'no-such-program'" in message.msg
    assert "cannot be started" in await ending(producer)
    assert program("pass").check() == []


@pytest.mark.parametrize("command", [[], "", 'unclosed "', [1]])
def test_what_is_no_command_is_no_option(command: object) -> None:
    with pytest.raises(ValidationError):
        CommandProducer.Options(command=command)


@pytest.mark.parametrize("deaf", [False, True])
async def test_it_ends_with_its_producer_and_so_does_what_it_started(
    deaf: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "_ENDS_WITHIN", 0.2 if deaf else 60)
    ignore = "signal.signal(signal.SIGTERM, signal.SIG_IGN);" if deaf else ""
    script = f"""import os, signal, subprocess; {ignore}
child = subprocess.Popen(['sleep', '600'])
print([os.getpid(), child.pid]); signal.pause()"""

    pids = [int(data["value"]) for _, data in await said(program(script), 2)]

    async with asyncio.timeout(60):
        while any(is_alive(pid) for pid in pids):
            await asyncio.sleep(0.01)


def is_alive(pid: int) -> bool:
    """Whether it runs: one that is only waited for by nobody does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
