"""Live: from entries to open connections; knows bytes and clients, not URLs and requests."""
