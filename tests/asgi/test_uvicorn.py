"""The names of uvicorn that our server uses though they are no part of its documented interface.

A release that changes one of them fails here, and not when a wall is in use: pyproject.toml pins
uvicorn to the releases that this was tried with.
"""

import ast
import asyncio
import tomllib
from importlib.metadata import version
from typing import Any, Final

import pytest
import uvicorn
from packaging.requirements import Requirement
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from tests.support.documents import ROOT

USED: Final[dict[str, set[str]]] = {
    "protocol": {
        "cycle", "expect_100_continue", "flow", "headers", "loop", "parser", "pipeline", "scope",
        "server_state", "transport", "url", "connection_lost", "connection_made", "data_received",
        "eof_received", "on_body", "on_header", "on_headers_complete", "on_message_begin",
        "on_message_complete", "on_response_complete", "pause_writing", "resume_writing",
    },
    "cycle": {
        "disconnected", "keep_alive", "message_event", "more_body", "on_response",
        "response_complete", "response_started", "scope", "transport",
    },
    "flow": {
        "_is_writable_event", "_transport", "pause_writing", "read_paused", "resume_reading",
        "resume_writing", "write_paused",
    },
    "state": {"connections", "default_headers", "total_requests"},
    "server": {
        "force_exit", "handle_exit", "on_tick", "serve", "server_state", "should_exit", "shutdown",
        "started", "startup",
    },
}  # fmt: skip
NOT_MEANT: Final = {"drain", "run"}
"""The hub's, and what uvicorn documents."""
ASGI: Final = ROOT / "dashboard" / "asgi"
FILES: Final = ("flow.py", "protocol.py", "refusing.py", "request_head.py", "server.py")
DEFINITION: Final = (ast.FunctionDef, ast.AsyncFunctionDef)


class Transport(asyncio.Transport):
    """Takes what is written to nowhere."""

    def write(self, data: Any) -> None:
        pass

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        pass


async def app(scope: Any, receive: Any, send: Any) -> None:
    pass


async def private_names() -> dict[str, set[str]]:
    """Return the names that each kind of uvicorn's objects has, after a request."""
    config = uvicorn.Config(app, log_config=None)
    protocol = HttpToolsProtocol(config, ServerState(), {})
    protocol.connection_made(Transport())
    protocol.data_received(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
    await asyncio.gather(*protocol.tasks)
    kinds = {
        "protocol": protocol,
        "cycle": protocol.cycle,
        "flow": FlowControl(Transport()),
        "state": protocol.server_state,
        "server": uvicorn.Server(config),
    }
    return {kind: {name for name in dir(it) if "__" not in name} for kind, it in kinds.items()}


@pytest.mark.parametrize("kind", USED)
async def test_uvicorn_has_what_we_use(kind: str) -> None:
    assert USED[kind] - (await private_names())[kind] == set()


def test_uvicorns_status_lines_are_bytes_of_the_wire() -> None:
    assert STATUS_LINE[200] == b"HTTP/1.1 200 OK\r\n"


async def test_nothing_else_of_it_is_used() -> None:
    nodes = [node for file in FILES for node in ast.walk(ast.parse((ASGI / file).read_text()))]
    named = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    defined = {node.name for node in nodes if isinstance(node, DEFINITION)}

    theirs = set[str]().union(*(await private_names()).values())

    assert (named | defined) & theirs == set[str]().union(*USED.values()) | NOT_MEANT


def test_uvicorn_is_pinned_to_releases_of_which_this_is_known() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (pin,) = [one for one in map(Requirement, project["dependencies"]) if one.name == "uvicorn"]
    major, minor, *_ = version("uvicorn").split(".")

    assert version("uvicorn") in pin.specifier
    assert f"{major}.{int(minor) + 1}.0" not in pin.specifier
    assert f"{major}.{int(minor) - 1}.0" not in pin.specifier
