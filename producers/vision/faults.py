"""Faults: how reading a camera can end."""


class Fault(Exception):
    """The source or the detector failed; the text says which, and how."""


class Ended(Exception):
    """The source is over, and is not to begin again."""
