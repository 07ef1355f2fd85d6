"""Faults: how reading a camera can end."""


class Fault(Exception):  # noqa: N818 - it becomes the camera's error as it is
    """The source or the detector failed; the text says which, and how."""


class Ended(Exception):  # noqa: N818 - nothing went wrong
    """The source is over, and is not to begin again."""
