"""TransportSubscriber: a connection of our own server, written to without passing the server.

What `AsgiSubscriber` spends on a coroutine, a message and a chunk frame for each client, is
here one call: the frame was made once for all, and the transport puts it on the socket.
"""

from typing import Final, Protocol

from dashboard.live.chunk import Chunk, Message
from dashboard.live.subscriber import AsgiSubscriber, Send

BODILESS: Final = (204, 304)
"""Statuses of responses that have no body, and no length of one."""


class Connection(Protocol):
    """What our server's protocol gives in the scope, as extension `eventwall.connection`."""

    def stream_to(self, subscriber: "TransportSubscriber", scope: Message) -> None:
        """Tell this subscriber from now on when the socket is full and when it is free.

        The request of `scope` is answered with a stream; it may be forgotten.
        """

    def stream_over(self, subscriber: "TransportSubscriber") -> None:
        """Tell it nothing more."""

    def respond(self, scope: Message, status: int, headers: bytes, body: bytes) -> bool:
        """Answer the request of `scope` in one write; False when it must be sent otherwise.

        `headers` are as on the wire, without the body's length.
        """

    def write(self, data: bytes) -> None:
        """Put bytes of the response's body on the wire, framed already."""

    def abort(self) -> None:
        """Drop the connection and what is still to be sent."""

    def unsent(self) -> int:
        """Return the bytes that its client has not taken."""


class TransportSubscriber(AsgiSubscriber):
    """Its server calls `became_busy` and `became_free` as the socket fills and empties."""

    __slots__ = ("_connection", "_unsent", "_write")

    def __init__(
        self, connection: Connection, scope: Message, send: Send, *, gzip: bool = False
    ) -> None:
        super().__init__(send, cut=connection.abort, gzip=gzip)
        self._connection = connection
        self._write = connection.write
        self._unsent = 0
        connection.stream_to(self, scope)

    def put(self, chunk: Chunk) -> None:
        if chunk.more:
            self._write(chunk.deflated_framed if self.gzip else chunk.framed)
        else:
            # The server has to know that the response is over.
            super().put(chunk)

    def became_busy(self) -> None:
        self._unsent = self._connection.unsent()
        super().became_busy()

    def has_taken(self) -> bool:
        before, self._unsent = self._unsent, self._connection.unsent()
        return self._unsent < before

    async def send(self, chunk: Chunk) -> None:
        # Whether it is busy is for the server to say: there is a buffer that may still be full.
        await self._send(chunk.deflated_message if self.gzip else chunk.message)

    def close(self) -> None:
        super().close()
        self._connection.stream_over(self)
