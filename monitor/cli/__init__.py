"""The command line: thin. Each file holds the commands of one noun; what they do is done elsewhere.

Exit codes: 0 well · 1 bad input, or something found that should not be · 2 configuration or usage · 3 database ·
4 another instance is running · 5 port taken · 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code. An error of monitor's own is one sentence, never a traceback."""
    import typer

    from monitor.cli.app import app
    from monitor.errors import MonitorError

    try:
        code = app(args=list(arguments) if arguments is not None else None, standalone_mode=False)
    except MonitorError as problem:
        code = _tell(str(problem), problem.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        code = 130
    except BrokenPipeError:
        # Whoever read our output has gone (`| head`): nothing is left to say, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 141
    except Exception as problem:
        # typer carries a copy of click: a wrong option is known by what it can do, not by its class.
        show = getattr(problem, "show", None)
        if show is None:
            raise
        show()
        code = getattr(problem, "exit_code", 2)
    sys.exit(code if isinstance(code, int) else 0)


def _tell(words: str, code: int) -> int:
    from monitor.cli.output import error

    error(words)
    return code
