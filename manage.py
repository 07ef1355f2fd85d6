#!/usr/bin/env python
"""Django's command line for this wall."""

import os
import sys


def main(argv: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_config.settings")
    if argv[1:2] == ["runserver"] and serves_loopback(argv[2:]):
        os.environ.setdefault("EVENTWALL_DEBUG", "1")

    try:
        from site_config.command_line import execute

        execute(argv)
    except KeyboardInterrupt:
        sys.exit(130)  # as a shell says it of a command that CTRL-C has ended


def serves_loopback(arguments: list[str]) -> bool:
    """Whether `[HOST:]PORT` among the arguments, or the default, can be reached from here only."""
    address = next((argument for argument in arguments if not argument.startswith("-")), "")
    return address.rpartition(":")[0] in ("", "localhost", "127.0.0.1", "[::1]")


if __name__ == "__main__":
    main(sys.argv)
