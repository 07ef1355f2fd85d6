"""RefusingProtocol: how a connection ends that brought what cannot be understood."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from dashboard.asgi import request_head
from dashboard.http.problems import Refused


class RefusingProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 connection, which answers whatever can still be answered."""

    pipelined: tuple[RequestResponseCycle, ...] = ()
    """Requests that were sent ahead, and the one before them, until they are answered."""
    in_head = True
    """Whether a request line or headers come next."""
    over = False
    """Whether nothing more is read: what came is no HTTP, and the last answer is under way."""

    def refuse(self, refused: Refused) -> None:
        """Answer and end the connection; cut it where another answer has begun.

        A request that came whole has its answer, whatever comes behind it: senders that count
        characters for bytes say too short a length.
        """
        cycle: RequestResponseCycle | None = self.cycle
        waiting = cycle is not None and not cycle.response_complete
        if cycle is not None and waiting:
            if cycle.response_started or (cycle.more_body and self._is_pipelined()):
                self.abort()
                return
            if not cycle.more_body:
                self.over, cycle.keep_alive = True, False
                return
            # Its view hears that nobody waits for its answer any more.
            cycle.disconnected = True
            cycle.message_event.set()
        elif not self.in_head:
            self.abort()
            return
        self.over = True
        self.transport.write(request_head.last_answer(refused))
        self.transport.close()

    def _is_pipelined(self) -> bool:
        """Whether the answer to another request comes first."""
        return any(one is not self.cycle and not one.response_complete for one in self.pipelined)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Let a client have its answer that says that it sends no more.

        Whose request is cut off by that is told so.
        """
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or cycle.response_started:
            return False
        if cycle.more_body:
            self.refuse(Refused("bad-request", "the request ended before its body was whole"))
            return True
        cycle.keep_alive = False
        return True

    def abort(self) -> None:
        self.transport.abort()
