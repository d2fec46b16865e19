"""Log lines: one event is one line, and no line holds a secret."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from monitor import logs

FORGED = "x\n2026-01-01 [info] all regions CLEAR\r\n\x1b[2J\x1b[31m\u2028\u202efake\x85\x00\x9b31m"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


@pytest.mark.parametrize("style", ["json", "console"])
def test_H16_a_hostile_text_cannot_forge_a_line(stream: io.StringIO, style: str) -> None:
    logs.setup(style=style, stream=stream)
    structlog.get_logger("monitor.x").info(FORGED, source=FORGED, nested={FORGED: [FORGED]})
    logging.getLogger("some.library").warning("said %s", FORGED)
    out = stream.getvalue()
    assert len(out.splitlines()) == 2
    assert not any(ch in out.replace("\n", "") for ch in "\x1b\r\x00\x85\x9b\u2028\u202e")
    assert "\\n2026-01-01" in out


def test_H16_an_exceptions_text_cannot_forge_a_line(stream: io.StringIO) -> None:
    logs.setup(style="json", stream=stream)
    try:
        raise ValueError(FORGED)
    except ValueError:
        structlog.get_logger("monitor.x").exception("failed", text=FORGED)
        logging.getLogger("some.library").exception("failed")
    rows = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert len(rows) == 2
    assert any("ValueError" in line for line in rows[0]["exception"])


def test_H16_in_the_console_a_traceback_is_set_in(stream: io.StringIO) -> None:
    logs.setup(style="console", stream=stream)
    try:
        raise ValueError("a\n2026-01-01 [info] all regions CLEAR")
    except ValueError:
        structlog.get_logger("monitor.x").exception("failed")
    assert not any(line.startswith("2026-01-01") for line in stream.getvalue().splitlines())


CANARY = "c4n4ry-5ecret-v4lue"
SHAPES = [
    f"https://user:{CANARY}@example.org/x",
    f"https://example.org/hook?token={CANARY}",
    f"Authorization: Bearer {CANARY}",
    f"whsec_{CANARY.replace('-', '')}",
    f"token={CANARY}",
    f'{{"api_hash": "{CANARY}"}}',
    f"postgresql://monitor:{CANARY}@db/monitor",
    "123456789:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
]


@pytest.mark.parametrize("text", SHAPES)
def test_N10_what_has_the_shape_of_a_secret_is_cut_out(stream: io.StringIO, text: str) -> None:
    logs.setup(style="json", stream=stream)
    structlog.get_logger("monitor.x").warning("failed", detail=text)
    logging.getLogger("some.library").warning(text)
    out = stream.getvalue()
    assert CANARY not in out
    assert CANARY.replace("-", "") not in out
    assert "AAAAAAAAAAAA" not in out


def test_N10_a_known_secret_is_cut_out_wherever_it_stands(stream: io.StringIO) -> None:
    redactor = logs.setup(style="json", stream=stream)
    redactor.add([CANARY])
    log = structlog.get_logger("monitor.x")
    log.info(f"plain {CANARY} words", other=[CANARY, {"k": f"<{CANARY}>"}], secret="short")
    try:
        raise RuntimeError(f"could not reach {CANARY}")
    except RuntimeError:
        log.exception("failed")
    assert CANARY not in stream.getvalue()
    assert "short" not in stream.getvalue()


def test_ordinary_words_stay(stream: io.StringIO) -> None:
    logs.setup(style="json", stream=stream)
    structlog.get_logger("monitor.x").info("source.failed", detail="t.me answered 503", source="kpszsu", items=3)
    row = json.loads(stream.getvalue())
    assert row["detail"] == "t.me answered 503"
    assert row["items"] == 3


def test_a_long_text_is_cut(stream: io.StringIO) -> None:
    logs.setup(style="json", stream=stream)
    structlog.get_logger("monitor.x").info("x", text="a" * 100_000)
    assert len(stream.getvalue()) < 6_000
