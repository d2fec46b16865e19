"""The feed of reports, and the evidence of one item: original words, deciding words marked, versions, hashes."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse

from monitor.model import AlertReport, Item
from monitor.publication import public_item
from monitor.store import series
from monitor.store.series import StoredItem, StoredReport
from monitor.web.asked import Asked
from monitor.web.context import Context
from monitor.web.nights import KYIV
from monitor.web.pages.casefile import case_file
from monitor.web.pages.frame import render, text_of, visible
from monitor.web.pages.words import Words
from monitor.web.plain import plain
from monitor.web.routes.items import is_withheld

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

PAGE, MOST_PAGES = 50, 8
KINDS = ("alert", "clear", "threat", "strike", "count")
Kind = Literal["", "alert", "clear", "threat", "strike", "count"]
Word = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the original; ``number`` is the reason it decided for, None for the rest. ``is_last``: the last of
    that reason, which carries the number."""

    text: str
    number: int | None = None
    is_last: bool = True


@router.get("/feed")
def feed(
    asked: Asked, request: Request, kind: Kind = "", region: Word = "",
    source: Word = "", lang: Annotated[str, Query(alias="language", max_length=8)] = "", after: Word = "",
) -> HTMLResponse:  # fmt: skip
    """Newest first, page by page; the filters stand in the address."""
    rows, following, coverage = _page(asked, kind, region or None, source or None, lang or None, after or None)
    text = text_of(request)
    chosen = {"kind": kind, "region": region, "source": source, "language": lang}
    kept = {name: value for name, value in chosen.items() if value}
    units = [(unit, text.place(asked.rules.gazetteer, unit)) for country in ("UA", "RU")
             for unit in asked.rules.units(country)]  # fmt: skip
    profiles = asked.rules.profiles
    seen = sorted({look.source for look in series.sources(asked.store)})
    return render(
        asked, request, "feed.html", "feed", entries=[_entry(asked, text, stored) for stored in rows], chosen=chosen,
        kinds=KINDS, regions=units, coverage=coverage,
        sources=[(one, (profiles[one].name if one in profiles else "") or one) for one in seen],
        older=urlencode({**kept, "after": following}) if following else None, is_first=not after,
    )  # fmt: skip


def _page(
    asked: Context, kind: Kind, region: str | None, source: str | None, lang: str | None, after: str | None
) -> tuple[list[StoredReport], str | None, Any]:
    """One page of reports of a kind, the token of the next, and the coverage. All-clears and threats are alerts to the
    store: as many of its pages are read as fill one of ours, eight at the most."""
    stored = {"clear": "alert", "threat": "alert"}.get(kind, kind) or None
    rows: list[StoredReport] = []
    for _ in range(MOST_PAGES):
        answer = series.reports(
            asked.store, kind=stored, region=region, source=source, lang=lang, after=after, limit=PAGE,
            now=asked.clock.now(),
        )  # fmt: skip
        rows += [row for row in answer.rows if kind in ("", "strike", "count") or _alert_kind(row) == kind]
        after = answer.next
        if after is None or len(rows) >= PAGE:
            break
    return rows, after, answer.coverage


def _alert_kind(stored: StoredReport) -> str:
    """alert, clear or threat; signals are none of them."""
    what = stored.telling.what
    if not isinstance(what, AlertReport):
        return ""
    kind = _kind(what.status, what.threat)
    return "threat" if kind == "threat_over" else kind


def _kind(status: str, threat: str | None) -> str:
    """alert, clear, threat or threat_over: the end of a named threat is no all-clear."""
    if status == "end":
        return "clear" if threat in (None, "air") else "threat_over"
    return "threat" if status == "threat" else "alert"


def _entry(asked: Context, text: Words, stored: StoredReport) -> dict[str, Any]:
    """One report as its line shows it: kind, words, who, and the address of its evidence."""
    version = _version(series.item(asked.store, stored.telling.item), stored.telling.version)
    row = asked.public().report(stored, version.reading if version else None)
    report = row["report"]
    kind = report.get("kind", "alert")
    if kind == "alert":
        kind = _kind(report["status"], report.get("threat"))
    places = [str(place.get("name")) for place in report.get("places") or ()]
    names = [text.place(asked.rules.gazetteer, place) for place in places]
    return {
        **row,
        "kind": kind,
        "names": names,
        "at": stored.telling.at,
        "day": stored.telling.at.astimezone(KYIV).date(),
        "late": stored.telling.is_late,
    }


def _version(versions: Iterable[StoredItem], number: int) -> StoredItem | None:
    return next((one for one in versions if one.version == number), None)


@router.get("/item")
def item(asked: Asked, request: Request, key: Word, report: Word = "") -> HTMLResponse:
    """Everything about one item, under the title of ``report`` (an id); 404 with a page where there is none."""
    versions = series.item(asked.store, key)
    if not versions:
        return render(asked, request, "missing.html", "feed", 404, what="item.not_found")
    newest = next((one for one in reversed(versions) if not one.item.deleted), versions[-1])
    hides = is_withheld(asked, versions)
    shown = public_item(newest.item, is_withheld=hides)
    words = _words(shown)
    reasons = [] if hides else _reasons(asked, text_of(request), newest)
    marks = reasons if words == _words(newest.item) else []  # spans count the words as published, not redacted ones
    return render(
        asked,
        request,
        "item.html",
        "feed",
        key=key,
        item=shown,
        newest=newest,
        hides=hides,
        pieces=_pieces(words, marks, _deciding(asked, newest.item) if marks else ()),
        reasons=reasons,
        notes=[] if hides or newest.reading is None else newest.reading.notes,
        versions=[] if hides else _versions(versions),
        profile=asked.rules.profiles.get(newest.item.source),
        main=_main(reasons, _number(newest, report)),
    )


def _main(reasons: Sequence[dict[str, Any]], number: int | None) -> dict[str, Any] | None:
    """The report that the title of the evidence names: the one asked for, else the first count, else the first."""
    reports = [reason for reason in reasons if reason["what"].get("kind") in ("alert", "strike", "count")]
    asked_for = next((one for one in reports if one["number"] == number), None)
    return asked_for or next((one for one in reports if "measure" in one["what"]), reports[0] if reports else None)


def _number(version: StoredItem, report: str) -> int | None:
    """The number of a report of this version, as its reasons count."""
    told = next((telling.what for telling in version.tellings if telling.id == report), None)
    if told is None or version.reading is None:
        return None
    found = [*version.reading.reports, *version.reading.signals]
    return next((number for number, one in enumerate(found, 1) if one == told), None)


@router.get("/item/case.toml")
def wrong_reading(asked: Asked, key: Word) -> Response:
    """The newest version of an item with what is read in it today, as a case of a language folder to correct."""
    versions = series.item(asked.store, key)
    newest = next((one for one in reversed(versions) if not one.item.deleted), None)
    if newest is None or is_withheld(asked, versions):
        raise HTTPException(404, "There is no item of this key, or the publication policy holds its words back.")
    body = case_file(
        public_item(newest.item, is_withheld=False), newest.reading, asked.rules.profiles.get(newest.item.source)
    )
    return Response(
        body, media_type="application/toml; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="case.toml"'},
    )  # fmt: skip


def _deciding(asked: Context, item: Item) -> list[tuple[int, int]]:
    """Spans of the words that decided, by today's rules."""
    if asked.deciding is None:
        return []
    return [step.span for step in asked.deciding(item, asked.rules.profiles.get(item.source))]


def _words(item: Item) -> str:
    return item.text if item.title is None else f"{item.title}\n{item.text}"


def _reasons(asked: Context, text: Words, version: StoredItem) -> list[dict[str, Any]]:
    """What was read, each with its number, its span and the rule that read it."""
    if version.reading is None:
        return []
    found = [*version.reading.reports, *version.reading.signals]
    return [
        {
            "number": n,
            "what": plain(one),
            "places": [text.place(asked.rules.gazetteer, ref.id or ref.name) for ref in getattr(one, "places", ())],
            "evidence": one.evidence,
        }
        for n, one in enumerate(found, 1)
    ]


def _pieces(text: str, reasons: Sequence[dict[str, Any]], words: Sequence[tuple[int, int]] = ()) -> list[Piece]:
    """The text cut at the deciding words, each with the number of the first reason whose sentence it stands in; without
    words, at the sentences themselves."""
    cuts = [(max(0, r["evidence"].span[0]), min(len(text), r["evidence"].span[1]), r["number"]) for r in reasons]
    if words:
        around = {word: [n for first, last, n in cuts if first <= word[0] and word[1] <= last] for word in words}
        cuts = [(start, end, min(numbers)) for (start, end), numbers in around.items() if numbers]
    kept: list[tuple[int, int, int]] = []
    for start, end, number in sorted(cuts):
        if end > start and (not kept or start >= kept[-1][1]):
            kept.append((start, end, number))
    out: list[Piece] = []
    at = 0
    for nth, (start, end, number) in enumerate(kept):
        if start > at:
            out.append(Piece(visible(text[at:start])))
        is_last = nth + 1 == len(kept) or kept[nth + 1][2] != number
        out.append(Piece(visible(text[start:end]), number, is_last))
        at = end
    if at < len(text):
        out.append(Piece(visible(text[at:])))
    return out


def _versions(versions: Sequence[StoredItem]) -> list[tuple[StoredItem, list[tuple[str, str]]]]:
    """The newest first, each with its difference to the one before as (``same``|``ins``|``del``, words)."""
    out = []
    before: list[str] = []
    for version in versions:
        now = visible(_words(version.item)).split()
        out.append((version, _difference(before, now) if version.version > 1 else []))
        before = now
    return out[::-1]


def _difference(before: list[str], now: list[str]) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(a=before[:2000], b=now[:2000], autojunk=False).get_opcodes():
        if tag == "equal":
            same = now[c:d]
            out.append(("same", " ".join(same if len(same) <= 12 else [*same[:5], "…", *same[-5:]])))
            continue
        if b > a:
            out.append(("del", " ".join(before[a:b])))
        if d > c:
            out.append(("ins", " ".join(now[c:d])))
    return out
