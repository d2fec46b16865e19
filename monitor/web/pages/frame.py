"""What stands around every page: words, mode, coverage, the age of the newest data, and the strict policy."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache, partial
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from monitor.model import RegionState
from monitor.publication import redact
from monitor.store import series
from monitor.store.series import SourceLook
from monitor.web.context import Context
from monitor.web.pages.compiled import Compiled
from monitor.web.pages.words import Words, names, words
from monitor.web.snapshot import snapshot

__all__ = ["HOME", "is_reporting", "render", "states", "text_of", "visible"]

HOME = "UA"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(str(files("monitor.web.pages") / "templates")),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=Compiled(),
    )
    environment.filters["redact"] = redact
    return environment


def moment(text: Words, at: datetime | None, form: str = "h") -> Markup:
    """A ``<time>`` in UTC that the script rewrites for the reader's zone; Kyiv time without a script."""
    if at is None:
        return Markup("")
    return Markup('<time datetime="{0}" data-as="{1}">{2}</time>').format(
        at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), form, text.clock(at, form)
    )


def text_of(request: Request) -> Words:
    """The reader's language: ``?lang=``, else the cookie, else English."""
    return words(request.query_params.get("lang") or request.cookies.get("language") or "")


def render(
    asked: Context,
    request: Request,
    template: str,
    page: str,
    status: int = 200,
    *,
    is_bare: bool = False,
    **values: Any,
) -> HTMLResponse:
    """One page in the reader's language; a bare one says nothing of what is known."""
    text = text_of(request)
    body = (
        _environment()
        .get_template(template)
        .render(
            w=text,
            t=text.t,
            moment=partial(moment, text),
            page=page,
            languages=names(),
            strip=None if is_bare else _strip(asked, text),
            is_replay=asked.is_replay,
            now=asked.clock.now(),
            **values,
        )
    )
    return HTMLResponse(
        body,
        status_code=status,
        headers={"content-security-policy": POLICY, "vary": "Cookie", "cache-control": "no-cache"},
    )


CONTROLS = {code: 0x2400 + code for code in range(32) if chr(code) not in "\n\t"} | {0x7F: 0x2421}
UNSEEN = (
    0xAD,
    0x61C,
    0x180E,
    0xFEFF,
    *range(0x80, 0xA0),
    *range(0x200B, 0x2010),
    *range(0x2028, 0x202F),
    *range(0x2060, 0x2070),
)
SYMBOLS = CONTROLS | {code: f"⟨U+{code:04X}⟩" for code in (*UNSEEN, *range(0xE0000, 0xE0080))}


def visible(text: str) -> str:
    """Control, direction and zero-width characters as symbols, so that a page shows what is there."""
    return text.translate(SYMBOLS)


def _shown(value: object) -> object:
    """What a template prints: every text that is not markup of ours with its hidden characters made visible."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def states(asked: Context, places: list[str] | None = None) -> dict[str, RegionState]:
    """The state of regions now, from the daemon's memory where there is one."""
    return dict(snapshot(asked, places))


def is_reporting(asked: Context, look: SourceLook) -> bool:
    """Whether the last look at a source went well, and lately."""
    return not look.failures and asked.is_heard(look)


def _strip(asked: Context, text: Words) -> dict[str, Any]:
    """Covered regions, newest data, reporting sources: from the same rows as the pages below it. Permanent alerts are
    neither covered nor not: they stand without a source."""
    now = asked.clock.now()
    shown = states(asked, list(asked.rules.units(HOME)))
    counted = [state for state in shown.values() if not state.is_standing]
    looks = series.sources(asked.store)
    # A post dated ahead of its time says nothing of how fresh the others are.
    seen = [at for look in looks if (at := look.look.newest or look.look.data_at) and at <= now]
    newest = max(seen, default=None)
    return {
        "covered": sum(1 for state in counted if state.status != "unknown" and not state.is_stale),
        "of": len(counted),
        "ticks": [state.status != "unknown" and not state.is_stale for state in counted],
        "newest": newest,
        "age": text.lasted(now - newest) if newest else None,
        "reporting": sum(1 for look in looks if is_reporting(asked, look)),
        "sources": len(looks),
    }
