"""The command line: thin. Each file holds the commands of one noun; what they do is done elsewhere.

Exit codes: 0 well · 1 bad input, or something found that should not be · 2 configuration or usage · 3 database ·
4 another instance is running · 5 port taken · 130 interrupted.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code. An error of monitor's own is one sentence, never a traceback."""
    from monitor.errors import MonitorError

    given = list(arguments) if arguments is not None else sys.argv[1:]
    try:
        code = _quick(given)
    except MonitorError as problem:
        code = _tell(str(problem), problem.exit_code)
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        # Whoever read our output has gone (`| head`): nothing is left to say, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 141
    sys.exit(code if isinstance(code, int) else 0)


def _quick(given: list[str]) -> object:
    """Two commands in their plain form go past the command line's own libraries, which take longer than they do."""
    if _is_plain_classify(given):
        return _classify(given[1])
    if given[:1] == ["run"] and (len(given) == 1 or (len(given) == 3 and given[1] in ("--config", "-c"))):
        _run(given[2] if len(given) == 3 else None)
        return 0
    return _command(given)


def _command(given: list[str]) -> object:
    """Any command, by typer."""
    import typer

    from monitor.cli.app import app

    try:
        return app(args=given, standalone_mode=False)
    except typer.Abort:
        return 130
    except Exception as problem:
        # typer carries a copy of click: a wrong option is known by what it can do, not by its class.
        show = getattr(problem, "show", None)
        if show is None:
            raise
        show()
        return getattr(problem, "exit_code", 2)


def _is_plain_classify(given: list[str]) -> bool:
    """`monitor classify TEXT` and `monitor classify --jsonl`, without any other option."""
    return len(given) == 2 and given[0] == "classify" and (given[1] == "--jsonl" or not given[1].startswith("-"))


def _classify(word: str) -> int:
    """The same as the command, without the quarter of a second that the command line's own libraries take."""
    from monitor.cli import texts

    is_jsonl = word == "--jsonl"
    found = texts.records(None if is_jsonl else word, jsonl=is_jsonl, title=None, published=None, channel=None)
    return texts.classify(found, None)


def _run(config: str | None) -> None:
    gc.disable()  # until the daemon has started
    from pathlib import Path

    import monitor.logs  # noqa: F401 -- before anyone else loads structlog: see there
    from monitor.cli.serving import serve

    serve(Path(config) if config is not None else None)


def _tell(words: str, code: int) -> int:
    from monitor.cli.output import error

    error(words)
    return code
