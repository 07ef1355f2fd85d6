"""Pictures: what was seen, beside the log; no byte of a picture is in an entry."""
