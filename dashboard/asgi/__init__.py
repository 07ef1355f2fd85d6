"""ASGI: how a request gets to a view, and the server that brings it."""
