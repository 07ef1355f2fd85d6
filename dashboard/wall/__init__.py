"""The wall: the living parts of one process."""
