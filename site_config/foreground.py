"""Foreground: runs Python as a terminal's foreground, so that CTRL-C reaches it and nobody else.

`python -m site_config.foreground manage.py serve` is for `make run`: make that gets the signal too
ends by it, whatever its recipe returned. CTRL-Z does nothing, as make would not be stopped with it.
"""

import os
import signal
import sys
from collections.abc import Sequence


def run(arguments: Sequence[str]) -> int:
    """Run Python with `arguments` until it ends; return its exit code, as shells say it."""
    command = [sys.executable, *arguments]
    terminal = sys.stdin.fileno()
    if not os.isatty(terminal) or os.tcgetpgrp(terminal) != os.getpgrp():
        os.execv(sys.executable, command)  # noqa: S606 - no shell is meant
    # Else who gives the terminal to others would be stopped for it.
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(terminal, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)
        os.execv(sys.executable, command)  # noqa: S606 - no shell is meant
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, _: os.kill(child, number))
    _, status = os.waitpid(child, 0)
    os.tcsetpgrp(terminal, os.getpgrp())
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
