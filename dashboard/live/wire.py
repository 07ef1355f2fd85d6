"""WireSubscriber: a connection of our own server, written to without passing the server.

What `AsgiSubscriber` spends on a coroutine, a message and a chunk frame for each client, is
here one call: the frame was made once for all, and the transport puts it on the socket.
"""

from typing import Protocol

from dashboard.live.chunk import Chunk, Message
from dashboard.live.subscriber import AsgiSubscriber, Send


class Connection(Protocol):
    """What our server's protocol gives in the scope, as extension `eventwall.connection`."""

    def stream_to(self, subscriber: "WireSubscriber", scope: Message) -> None:
        """Tell this subscriber from now on when the socket is full and when it is free.

        The request of `scope` is answered with a stream; it may be forgotten.
        """

    def stream_over(self, subscriber: "WireSubscriber") -> None:
        """Tell it nothing more."""

    def write(self, data: bytes) -> None:
        """Put bytes of the response's body on the wire, framed already."""

    def abort(self) -> None:
        """Drop the connection and what is still to be sent."""


class WireSubscriber(AsgiSubscriber):
    """Its server calls `became_busy` and `became_free` as the socket fills and empties."""

    __slots__ = ("_connection", "_write")

    def __init__(
        self, connection: Connection, scope: Message, send: Send, *, gzip: bool = False
    ) -> None:
        super().__init__(send, cut=connection.abort, gzip=gzip)
        self._connection = connection
        self._write = connection.write
        connection.stream_to(self, scope)

    def put(self, chunk: Chunk) -> None:
        if chunk.more:
            self._write(chunk.deflated_framed if self.gzip else chunk.framed)
        else:
            # The server has to know that the response is over.
            super().put(chunk)

    def close(self) -> None:
        super().close()
        self._connection.stream_over(self)
