"""Log lines: one event each, JSON for machines or columns for people, always one line, never a secret.

What comes from outside (a channel's words, an address, an error text) cannot forge a line or move the cursor:
control characters, line separators and bidi marks are escaped. Secrets are cut out by key, by shape and by value.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import Any, TextIO

_known = sys.modules.get("rich")
if _known is None:
    # structlog loads rich for a way to draw tracebacks that our lines never use: a tenth of every start.
    sys.modules["rich"] = None  # type: ignore[assignment]
try:
    import structlog
finally:
    if _known is None:
        del sys.modules["rich"]

__all__ = ["Redactor", "escape", "setup"]

HIDDEN = "[hidden]"
_LONGEST = 4000
_FRAMES = 30
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_SECRET_KEY = re.compile(r"(?i)secret|token|passw|api_?(key|hash)|authori[sz]ation|cookie|session|signature|credential")
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]{1,20}://)[^\s/@:\"']{0,200}(:[^\s/@\"']{0,200})?@"), rf"\1{HIDDEN}@"),
    (re.compile(r"([a-z][a-z0-9+.-]{1,20}://[^\s?#\"']{1,500})\?[^\s\"']{1,2000}"), rf"\1?{HIDDEN}"),
    (re.compile(r"(?i)\b(bearer|basic|token)\s+[A-Za-z0-9._~+/=-]{8,500}"), rf"\1 {HIDDEN}"),
    (re.compile(r"\bmon_[0-9a-f]{8}_[A-Za-z0-9_-]{8,200}"), HIDDEN),
    (re.compile(r"\bwhsec_[A-Za-z0-9+/=]{8,200}"), HIDDEN),
    (re.compile(r"\b[0-9]{6,12}:[A-Za-z0-9_-]{30,60}\b"), HIDDEN),
    (
        re.compile(
            r"(?i)\b(secret|token|password|passwd|api_?key|api_?hash|authorization)(\"?\s{0,3}[=:]\s{0,3}\"?)[^\s,;\"']{3,300}"
        ),
        rf"\1\2{HIDDEN}",
    ),
)


def escape(text: str) -> str:
    """The text on one line: what ends a line, rings a bell or turns the writing direction becomes ``\\xNN``."""
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}… ({len(text)} characters)"
    return _UNSAFE.sub(lambda found: ascii(found.group())[1:-1], text)


class Redactor:
    """Cuts secrets out of texts: those it was told (``values``) and whatever has the shape of one."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._values: list[str] = []
        self.add(values)

    def add(self, values: Iterable[str]) -> None:
        """Learn more secrets. Words under six characters are left alone: they stand in ordinary text."""
        self._values = sorted({*self._values, *(v for v in values if len(v) >= 6)}, key=len, reverse=True)

    def text(self, text: str) -> str:
        """The text without secrets."""
        for value in self._values:
            text = text.replace(value, HIDDEN)
        for shape, instead in _SHAPES:
            text = shape.sub(instead, text)
        return text

    def value(self, value: Any, key: str = "") -> Any:
        """A JSON value without secrets, every text of it on one line."""
        if key and _SECRET_KEY.search(key) and value not in (None, True, False):
            return HIDDEN
        if isinstance(value, str):
            return escape(self.text(value))
        if isinstance(value, Mapping):
            return {escape(str(name)): self.value(inner, str(name)) for name, inner in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(inner) for inner in value]
        if value is None or isinstance(value, bool | int | float):
            return value
        return escape(self.text(str(value)))


def _traced(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A traceback as a list of lines, the innermost frames last and none of them lost."""
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        lines = "".join(traceback.format_exception(error)).splitlines()
        event["exception"] = lines[-_FRAMES:]
    return event


def _indented(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """For people: the lines of a traceback below each other, set in so that none looks like a log line."""
    if isinstance(lines := event.get("exception"), list):
        event["exception"] = "".join(f"\n    | {line}" for line in lines)
    return event


def setup(
    *,
    level: str = "info",
    style: str = "auto",
    stream: TextIO | None = None,
    redactor: Redactor | None = None,
    now: Callable[[], Any] | None = None,
) -> Redactor:
    """Send structlog's and the standard library's lines to ``stream`` (standard error), cleaned.

    ``style``: json | console | auto (console on a terminal). ``now`` dates the lines, the machine's clock by default.
    Returns the redactor, so that secrets read later can be added.
    """
    out = stream or sys.stderr
    clean = redactor or Redactor()
    is_console = style == "console" or (style == "auto" and hasattr(out, "isatty") and out.isatty())
    wanted = getattr(logging, level.upper())
    shared = _steps(clean, now, is_console=is_console)
    root = logging.getLogger()
    root.handlers[:] = [_handler(out, shared, is_console=is_console)]
    root.setLevel(max(wanted, logging.WARNING))
    logging.getLogger("monitor").setLevel(wanted)
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)  # the daemon tells of failed jobs itself
    logging.captureWarnings(True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    return clean


def _steps(clean: Redactor, now: Callable[[], Any] | None, *, is_console: bool) -> list[Any]:
    """What is done to every event, ours or the standard library's, before it is a line."""

    def cleaned(logger: Any, method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        return {key: clean.value(value, key) for key, value in event.items()}

    def dated(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if now is not None:
            event["timestamp"] = now().isoformat(timespec="milliseconds")
        return event

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        dated if now is not None else structlog.processors.TimeStamper(fmt="iso", utc=True),
        _traced,
        cleaned,
        *([_indented] if is_console else ()),
    ]


def _handler(out: TextIO, shared: list[Any], *, is_console: bool) -> logging.Handler:
    """Writes each event as one line: columns for people, JSON for machines."""
    ending: Any
    if is_console:
        ending = structlog.dev.ConsoleRenderer(colors=hasattr(out, "isatty") and out.isatty(), sort_keys=False)
    else:
        ending = structlog.processors.JSONRenderer(ensure_ascii=False)
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, ending]
        )
    )
    return handler
