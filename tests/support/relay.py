"""Relay: a listener that hands on what it gets to a server and back, and remembers it."""

import socket
import threading
from contextlib import suppress
from typing import Self


class Connection:
    """What went over one connection: `asked` one way, `answered` the other."""

    def __init__(self) -> None:
        self.asked = b""
        self.answered = b""
        self.silent = False


class Relay:
    """Listens on `port` of loopback and hands on to `to`. Use it as a context manager."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = []
        self.port: int = self._listener.getsockname()[1]
        self.connections: list[Connection] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        for one in [self._listener, *self._sockets]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def fall_silent(self) -> None:
        """Pass on nothing more over what is open, and say nothing of it; new ones are served."""
        for connection in list(self.connections):
            connection.silent = True

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._sockets.append(client)
                threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        connection = Connection()
        self.connections.append(connection)
        with suppress(OSError), socket.create_connection(("127.0.0.1", self._to)) as server:
            self._sockets.append(server)
            back = threading.Thread(
                target=self._copy, args=[server, client, connection, "answered"], daemon=True
            )
            back.start()
            self._copy(client, server, connection, "asked")
            back.join()
        client.close()

    def _copy(
        self, source: socket.socket, sink: socket.socket, connection: Connection, way: str
    ) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                if connection.silent:
                    continue
                setattr(connection, way, getattr(connection, way) + piece)
                sink.sendall(piece)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)
