"""Listener: a socket whose connections notice clients that are slow, and peers that are dead."""

import socket

SEND_BUFFER = 65_536
"""Bytes the kernel keeps for a client: with the default of megabytes, who reads slowly sees the
past for minutes, and who has stalled is noticed late."""
DEAD_AFTER = 10_000
"""Milliseconds after which the kernel gives up on a peer that acknowledges nothing. Without it
a pulled cable holds its descriptor for a quarter of an hour."""


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket whose connections inherit our limits. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, DEAD_AFTER)
        listener.bind((host, port))
        listener.listen(4096)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener
