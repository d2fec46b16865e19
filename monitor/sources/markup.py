"""HTML → the text a reader would see. Bounded in depth; the only importer of selectolax beside ``telegram_page``."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor.errors import SourceBroken

__all__ = ["MAX_DEPTH", "looks_like_html", "parse_html", "text_of_html", "text_of_node"]

MAX_DEPTH = 400
"""Deepest nesting that is parsed: the parser's time grows with the square of it (200,000 levels take minutes)."""

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]*)")
_HTML = re.compile(r"\s*(?:<!--[^>]{0,2000}-->\s*)?(?:<!doctype\s+html|<html|<head|<body)", re.IGNORECASE)
_VOID = ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
_CLOSED_BY_THE_NEXT = ("p", "li", "dt", "dd", "td", "th", "tr", "option")
_FLAT = frozenset((*_VOID, *_CLOSED_BY_THE_NEXT))
_BREAKS = "br, p, div, li, tr, h1, h2, h3, h4, h5, h6, blockquote, pre"
_SILENT = "script, style, noscript, template, iframe, object, svg"
_SPACES = re.compile(r"[ \t\r\f\v]+")
_BLANK_LINES = re.compile(r"\n\s*\n\s*\n+")


def looks_like_html(text: str) -> bool:
    """True for a web page, as opposed to XML, JSON or plain text."""
    return _HTML.match(text) is not None


def parse_html(text: str) -> LexborHTMLParser:
    """The parsed document. Raises ``SourceBroken`` when it nests deeper than any page written for people."""
    depth = 0
    for closing, name in _TAG.findall(text):
        if name.lower() in _FLAT:
            continue
        depth = depth - 1 if closing else depth + 1
        if depth > MAX_DEPTH:
            raise SourceBroken(f"the page nests more than {MAX_DEPTH} levels deep")
    return LexborHTMLParser(text)


def text_of_node(node: LexborNode) -> str:
    """Text of a Telegram message node: ``<br>`` is a newline, an emoji is its character. Changes the node."""
    for line_break in node.css("br"):
        line_break.replace_with("\n")
    return (node.text() or "").strip()


def text_of_html(text: str) -> str:
    """Text of a fragment or page, blocks on lines of their own. Plain text comes back as it is, entities decoded."""
    if "<" not in text and "&" not in text:
        return text.strip()
    tree = parse_html(text)
    for silent in tree.css(_SILENT):
        silent.decompose()
    body = tree.body
    if body is None:
        return ""
    for block in body.css(_BREAKS):
        block.insert_before("\n")
        if block.tag != "br":
            block.insert_after("\n")
    lines = (_SPACES.sub(" ", line).strip() for line in (body.text() or "").split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()
