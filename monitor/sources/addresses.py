"""Addresses of web pages, made comparable."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import parse_qsl, urlencode, urlsplit

__all__ = ["date_in_address", "is_web_address", "normal_address"]

_TRACKING = re.compile(
    r"(?:utm_\w+|ns_\w+|at_\w+|mc_(?:cid|eid)|fbclid|gclid|dclid|yclid|msclkid|igshid|_ga|_gl|ref|ref_src|referrer"
    r"|source|from|cmp|cmpid|xtor|ito|rss|feed|fromrss|partner|smid|ocid|taid|wt_mc|maca)",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?<!\d)(20[0-4]\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?!\d)", re.ASCII)


def is_web_address(url: str) -> bool:
    """True for http and https with a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def normal_address(url: str) -> str:
    """Host, port if unusual, path and what is left of the query once tracking marks are gone: equal for equal pages.

    The scheme, ``www.``, a trailing slash, the fragment and the order of parameters make no difference.
    """
    parts = urlsplit(url.strip())
    host = (parts.hostname or "").removeprefix("www.")
    port = parts.port
    where = f"{host}:{port}" if port and port not in (80, 443) else host
    kept = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True, max_num_fields=100)
        if not _TRACKING.fullmatch(name)
    )
    query = f"?{urlencode(kept)}" if kept else ""
    return where + (parts.path.rstrip("/") or "/") + query


def date_in_address(url: str) -> date | None:
    """The day that many news addresses carry (``/2024/11/10/``), or None."""
    found = _DATE.search(urlsplit(url).path)
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None
