"""Places of a text: which unit a name means, and the part it plays (target, launch area, where it is, excluded)."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.extract.doc import Doc, Part, Site
from monitor.extract.lexicon import Lexicon, PlaceRow
from monitor.extract.mentions import Mention
from monitor.model import PlaceRef

__all__ = ["ancestors", "find_sites", "is_bystander", "is_office", "ref", "scope"]

_ROLE = {
    "prep.from": "from", "prep.to": "target", "prep.until": "target", "prep.at": "at", "prep.by": "at",
    "prep.on": "target", "prep.past": "past", "prep.except": "except", "prep.between": "at", "prep.border": "past",
    "prep.of": "at", "prep.over": "at", "prep.agent": "agent", "mark.arrow": "target",
}  # fmt: skip
_LEVELS = {"level.city": ("city",), "level.oblast": ("oblast",), "level.raion": ("raion", "district"),
           "level.hromada": ("hromada",), "level.oblasts": ("oblast",), "level.raions": ("raion", "district"),
           "level.hromadas": ("hromada",), "level.sea": ("sea",)}  # fmt: skip
_RANK = {"city": 0, "district": 1, "hromada": 1, "raion": 2, "area": 2, "oblast": 3, "sea": 3, "country": 4}
_SCOPES = ("city", "hromada", "raion", "oblast", "country")
CITIES_OF_FIRST_LEVEL = frozenset(("UA-30", "UA-40", "RU-MOW", "RU-SPE"))
_CAPITALS = frozenset(("UA-30", "RU-MOW"))
_CAPITAL_OF_SIDE = {"side.ua": "UA-30", "side.ru": "RU-MOW"}
_BIG, _SMALL = 50_000, 15_000
_JOINTS = frozenset(",/\\\u2013\u2014+&")


def ref(lexicon: Lexicon, identity: str, text: str = "") -> PlaceRef:
    """The place of that id as reports name it; an unknown id keeps its own text."""
    known = lexicon.memo("refs")
    found = known.get((identity, text))
    if found is None:
        found = known[identity, text] = _ref(lexicon, identity, text)
    return found


def _ref(lexicon: Lexicon, identity: str, text: str) -> PlaceRef:
    n = lexicon.index.get(identity)
    if n is None:
        return PlaceRef(identity, None, None, None, text)
    _, name, level, _, code, _ = lexicon.places[n]
    return PlaceRef(name, identity, "city" if identity in CITIES_OF_FIRST_LEVEL else level, code, text)  # type: ignore[arg-type]


def scope(places: Iterable[PlaceRef]) -> str:
    """The widest level among places; no place at all is the country."""
    ranks = [_RANK.get(place.level or "city", 0) for place in places]
    if not ranks:
        return "country"
    return _SCOPES[max(ranks)]


def ancestors(lexicon: Lexicon, identity: str | None) -> tuple[str, ...]:
    """The ids above a place, the nearest first."""
    known = lexicon.memo("above")
    found = known.get(identity)
    if found is None:
        found = known[identity] = tuple(_above(lexicon, identity))
    return found


def _above(lexicon: Lexicon, identity: str | None) -> list[str]:
    out: list[str] = []
    n = lexicon.index.get(identity or "")
    while n is not None and len(out) < 6:
        parent = lexicon.places[n][3]
        if parent is None or parent in out:
            break
        out.append(parent)
        n = lexicon.index.get(parent)
    return out


def find_sites(doc: Doc) -> None:
    """Fill every part's ``sites`` with resolved places and their roles."""
    if not any(part.has("place", "level.city") for part in doc.parts):
        return
    context = set(doc.area)
    for identity in doc.area:
        context.update(ancestors(doc.lexicon, identity))
    for m in doc.mentions:
        if len(m.rows) == 1:
            only = doc.lexicon.places[m.rows[0][0]]
            if only[2] in ("oblast", "raion") and "adj" not in m.rows[0][1]:
                context.add(only[0])
    for part in doc.parts:
        if not part.has("place", "level.city"):
            continue
        sites: list[Site] = []
        for m in part.mentions:
            if not m.rows:
                continue
            row = _resolve(doc, part, m, context)
            if row is not None and row[2] == "district" and row[3] and _is_city(doc, row[3]):
                row = doc.lexicon.places[doc.lexicon.index[row[3]]]
            if row is not None:
                words = doc.words(m.i, m.j)
                here = ref(doc.lexicon, row[0], words) if row[0] else PlaceRef(row[1], None, row[2], None, words)  # type: ignore[arg-type]
                is_tag = m.i > 0 and doc.tokens[m.i - 1].text == "#"
                sites.append(Site(m.i, m.j, here, "name", row[3], row[5], is_tag))
        _capital_words(doc, part, sites)
        _roles(doc, part, sites)
        part.sites = _with_regions(doc, part, _without_shadows(doc, sites))
        _point_back(doc, part)


def _resolve(doc: Doc, part: Part, m: Mention, context: set[str]) -> PlaceRow | None:
    token = doc.tokens[m.i]
    is_capital = token.text[0].isupper() or not token.text[0].islower()
    is_tag = m.i > 0 and doc.tokens[m.i - 1].text == "#"
    hint = _level_hint(doc, part, m) or _level_told(doc, part, m)
    rows: list[tuple[PlaceRow, str]] = [(doc.lexicon.places[n], note) for n, note in m.rows]
    fit = [pair for pair in rows if "adj" not in pair[1]] if hint is None else [
        (row, note) for row, note in rows if _is_allowed(row, note, hint)
    ]  # fmt: skip
    if hint and (exact := [(row, note) for row, note in fit if row[2] in hint or
                           (hint == ("city",) and row[0] in CITIES_OF_FIRST_LEVEL)]):  # fmt: skip
        fit = exact
    elif hint and hint != ("city",) and all("adj" in note for _, note in rows):
        return None
    if not fit or _is_no_place(doc, part, m):
        return None
    owner = doc.at[m.i - 1] if m.i > part.i else None
    capital = _CAPITAL_OF_SIDE.get(owner.concept) if owner is not None else None
    fit = [
        (row, note) for row, note in fit
        if row[2] != "district" or row[3] in context or row[3] == capital or doc.tokens[m.i].text == "#"
        or (len({n for n, _ in m.rows}) == 1 and ":" in str(row[0]) and not note.startswith("common"))
    ]  # fmt: skip
    if not fit:
        return None
    best = fit
    if len(fit) > 1:
        best = sorted(fit, key=lambda pair: _weight(doc, pair[0], pair[1], context), reverse=True)
    row, note = best[0]
    if (wider := _around(doc, part, m, row, hint)) is not None:
        return wider
    if row[2] == "city" and not is_tag and row[0] not in CITIES_OF_FIRST_LEVEL:
        if not is_capital and (row[5] < _BIG or "common" in note or (m.j - m.i == 1 and len(token.f) < 4)):
            return None
        if row[5] < _SMALL and not _is_framed(doc, part, m):
            return None
    elif not is_capital and "common" in note:
        return None
    if len(best) > 1 and row[2] in ("city", "hromada") and row[5] < _BIG:
        top, second = (_weight(doc, *best[0], context), _weight(doc, *best[1], context))
        if top[0] == second[0] and best[1][0][2] == row[2] and second[2] * 3 > top[2]:
            doc.note(m.i, m.j, f"ambiguous place: {len(best)} units of that name")
            return "", row[1], row[2], None, None, row[5]
    return row


def _weight(doc: Doc, row: PlaceRow, note: str, context: set[str]) -> tuple[int, int, int]:
    near = 0
    if context and (row[0] in context or any(a in context for a in ancestors(doc.lexicon, row[0]) if "-" in a)):
        near = 1
    if row[5] >= 200_000 or row[2] in ("country", "sea") or row[0] in CITIES_OF_FIRST_LEVEL:
        near = 1
    level = {"country": 6, "oblast": 5, "sea": 5, "area": 4, "city": 3, "raion": 2, "hromada": 1}.get(row[2], 0)
    if row[2] == "city" and row[5] >= _BIG:
        level = 7
    return near, level, row[5]


def _is_allowed(row: PlaceRow, note: str, hint: tuple[str, ...] | None) -> bool:
    if "adj" in note:
        return hint is not None and row[2] in hint
    if hint == ("city",):
        return row[2] in ("city", "district") or row[0] in CITIES_OF_FIRST_LEVEL
    return True


def _level_hint(doc: Doc, part: Part, m: Mention) -> tuple[str, ...] | None:
    """The level that a word beside the name states: "city of", or "... and ... regions" behind a list."""
    before = doc.at[m.i - 1] if m.i > part.i else None
    if before is not None and before.concept == "level.city":
        return ("city",)
    k = m.j
    for _ in range(40):
        if k >= part.j:
            break
        mention = doc.at[k]
        if mention is not None and mention.concept in _LEVELS and mention.concept != "level.city":
            return _LEVELS[mention.concept]
        if mention is not None and (mention.group == "place" or mention.concept == "conj.and"):
            k = mention.j
        elif doc.tokens[k].text in _JOINTS:
            k += 1
        else:
            break
    b = m.i - 1
    while b >= part.i:
        mention = doc.at[b]
        if mention is not None and mention.concept in ("level.oblasts", "level.raions", "level.hromadas"):
            return _LEVELS[mention.concept]
        if (mention is not None and mention.group == "place") or doc.tokens[b].text in ",:":
            b = (mention.i if mention else b) - 1
        elif mention is not None and mention.concept in ("conj.and", "prep.at", "prep.of"):
            b -= 1
        else:
            break
    return None


def _level_told(doc: Doc, part: Part, m: Mention) -> tuple[str, ...] | None:
    """In a list that began with "over the Bryansk region", a bare adjective is a region too."""
    before = doc.at[m.i - 1] if m.i > part.i else None
    if before is None or before.group not in ("prep", "conj"):
        return None
    if not any("adj" in note and doc.lexicon.places[n][2] == "oblast" for n, note in m.rows):
        return None
    behind = doc.at[m.j] if m.j < part.j else None
    is_last = m.j >= part.j or (behind is None and doc.tokens[m.j].kind == "p") or (
        behind is not None and behind.concept in ("prep.to", "prep.past", "mark.arrow"))  # fmt: skip
    if is_last and before.concept == "prep.by" and part.has("weapon", "model", "alert"):
        return ("oblast",)
    for other in doc.mentions_between(max(0, part.i - 60), m.i):
        if (
            other.group == "place"
            and other.j - other.i >= 2
            and any(doc.lexicon.places[n][2] == "oblast" and "adj" not in note for n, note in other.rows)
        ):
            return ("oblast",)
    return None


def _is_framed(doc: Doc, part: Part, m: Mention) -> bool:
    """A small place's name is believed beside a preposition, another place, or a sign that frames it."""
    k = m.i - 1
    if k < part.i:
        nxt = doc.tokens[m.j].text if m.j < part.j else ""
        return nxt in (":", "-", "\u2013", "\u2014", "/", ",") or m.j == part.j
    after = doc.at[m.j] if m.j < part.j else None
    if after is not None and after.group in ("target", "level"):
        return True
    mention = doc.at[k]
    if mention is not None and (mention.group in ("prep", "level", "place", "mark") or mention.concept == "conj.and"):
        return True
    return doc.tokens[k].text in "/\\,(:-\u2013\u2014\u2022\u27a1\u2192" and len(doc.tokens[k].text) == 1


def _is_city(doc: Doc, identity: str) -> bool:
    n = doc.lexicon.index.get(identity)
    return identity in CITIES_OF_FIRST_LEVEL or (n is not None and doc.lexicon.places[n][2] == "city")


def _around(doc: Doc, part: Part, m: Mention, row: PlaceRow, hint: tuple[str, ...] | None) -> PlaceRow | None:
    """The region of a city, where a word for "region" stands beside its name."""
    if row[2] != "city" and row[0] not in CITIES_OF_FIRST_LEVEL:
        return None
    k = m.i - 1
    while k > part.i and (x := doc.at[k]) is not None and x.concept == "prep.of":
        k = x.i - 1
    before = doc.at[k] if k >= part.i else None
    after = doc.at[m.j] if m.j < part.j else None
    is_plural = hint == ("oblast",) and any(x.concept == "level.oblasts" for x in doc.mentions_between(part.i, part.j))
    if not is_plural and not any(x is not None and x.concept == "level.oblast" for x in (before, after)):
        return None
    pairs = doc.lexicon.settings.get("around", {})
    above = pairs.get(row[0]) or next((a for a in ancestors(doc.lexicon, row[0]) if "-" in a), None)
    n = doc.lexicon.index.get(above or "")
    return doc.lexicon.places[n] if n is not None else None


def _is_signature(doc: Doc, part: Part, m: Mention) -> bool:
    """ "A. Smith": an initial before the name; not "m. Kharkiv", where the letter is short for the city."""
    if m.j - m.i != 1 or m.i - 2 < 0 or doc.tokens[m.i - 1].text != "." or doc.tokens[m.i].glued:
        return False
    initial = doc.tokens[m.i - 2]
    before = doc.at[m.i - 2]
    is_level = before is not None and before.group == "level"
    return len(initial.text) == 1 and initial.text.isupper() and not is_level


def _is_no_place(doc: Doc, part: Part, m: Mention) -> bool:
    """A name joined to another word by a hyphen ("Moscow-trip"), or a person's given name."""
    if _is_signature(doc, part, m):
        return True
    if m.j < part.j and doc.tokens[m.j].hyphen and doc.at[m.j] is None:
        return True
    title = doc.at[m.i - 1] if m.i > part.i else None
    if title is None:
        k = m.i - 1
        while k > part.i and m.i - k <= 2 and doc.at[k] is None and _is_title_case(doc.tokens[k].text):
            k -= 1
        title = doc.at[k] if k < m.i - 1 and k >= part.i else None
        if k < m.i - 1 and title is None and doc.tokens[k].kind == "w":
            return all(doc.lexicon.places[n][5] < 200_000 for n, _ in m.rows)
        if title is not None and title.group not in ("claimant", "claim"):
            title = None
        if title is not None and all(doc.lexicon.places[n][5] < 200_000 for n, _ in m.rows):
            return True
    if (
        title is not None
        and title.group == "claimant"
        and all(n.rpartition(";")[2] in ("nom", "nom|acc") for _, n in m.rows)
    ) and all(doc.lexicon.places[n][5] < 200_000 for n, _ in m.rows):
        return True
    if doc.tokens[m.i].f not in doc.lexicon.settings.get("given_names", ()):
        return False
    k = m.j
    while k < part.j and doc.tokens[k].kind == "p" and doc.tokens[k].text in "\u201c\u00ab\"'":
        k += 1
    return k < part.j and doc.tokens[k].kind == "w" and doc.tokens[k].text[0].isupper()


def _is_title_case(word: str) -> bool:
    return len(word) > 2 and word[0].isupper() and word[1:].islower()


def _point_back(doc: Doc, part: Part) -> None:
    """ "There", "in the city": the places of the sentence before."""
    back = part.of("place.there", "place.this", "place.region", "level.city") or _bare_regions(doc, part)
    if part.sites or not back:
        return
    n = part.n
    for other in reversed(doc.parts[max(0, n - 3) : n]):
        narrow = [s for s in other.sites if s.ref.level not in ("country", "sea") and s.role not in ("from", "except")]
        cities = [s for s in narrow if s.ref.level == "city"]
        if cities and part.has("level.city") and not part.has("place.there"):
            narrow = cities
        if narrow:
            m = back[0]
            if m.concept in ("place.region", "level.oblast"):
                narrow = [_region_of(doc, s) for s in narrow]
            part.sites = [Site(m.i, m.j, s.ref, "at", s.parent, s.population) for s in narrow]
            return


def _bare_regions(doc: Doc, part: Part) -> list[Mention]:
    """ "In the region", where no name stands beside the word."""
    out = []
    for m in part.of("level.oblast"):
        k = m.i - 1
        if k > part.i and doc.at[k] is None and len(doc.tokens[k].f) <= 3:
            k -= 1
        before = doc.at[k] if k >= part.i else None
        if before is not None and before.group == "prep" and before.concept != "prep.from":
            out.append(m)
    return out


def _region_of(doc: Doc, site: Site) -> Site:
    """The region around a city, for "in the region"."""
    if site.ref.level != "city":
        return site
    above = doc.lexicon.settings.get("around", {}).get(site.ref.id) or next(
        (a for a in ancestors(doc.lexicon, site.ref.id) if "-" in a), None
    )
    return Site(site.i, site.j, ref(doc.lexicon, above, site.ref.text), site.role) if above else site


def _capital_words(doc: Doc, part: Part, sites: list[Site]) -> None:
    """ "The capital" is that of the side beside it, else the one named last, else that of the text's country."""
    if "place.capital" not in part.groups:
        return
    head = _dateline(doc, part)
    for m in part.mentions:
        if m.concept == "place.capital":
            identity = (
                _capital_of_side(doc, m)
                or _last_capital(doc, part)
                or doc.lexicon.settings.get("capital", {}).get(m.lang)
                or _capital_of_text(doc)
            )
            if identity and not any(s.ref.id == identity for s in sites if s.i >= head):
                sites.append(Site(m.i, m.j, ref(doc.lexicon, identity, doc.words(m.i, m.j)), "name"))
    sites.sort(key=lambda s: s.i)


def _capital_of_side(doc: Doc, m: Mention) -> str | None:
    for k in (m.i - 1, m.j):
        beside = doc.at[k] if 0 <= k < len(doc.at) else None
        if beside is not None and beside.concept in _CAPITAL_OF_SIDE:
            return _CAPITAL_OF_SIDE[beside.concept]
    return None


def _capital_of_text(doc: Doc) -> str | None:
    """The capital of the only side that the text's claimants stand on."""
    sides = {m.data["side"] for m in doc.mentions if m.group == "claimant" and m.data.get("side")}
    return {"UA": "UA-30", "RU": "RU-MOW"}.get(sides.pop()) if len(sides) == 1 else None


def _last_capital(doc: Doc, part: Part) -> str | None:
    for other in reversed(doc.parts[max(0, part.n - 40) : part.n + 1]):
        for site in other.sites:
            if site.ref.id in _CAPITALS and site.role not in ("agent", "speaker"):
                return site.ref.id
    return None


def _roles(doc: Doc, part: Part, sites: list[Site]) -> None:
    last: Site | None = None
    is_list = _goes_on(doc, part)
    head = _dateline(doc, part)
    for site in sites:
        if site.i < head:
            site.role = "speaker"
            continue
        role = "from" if is_list else _own_role(doc, part, site, last)
        after = doc.at[site.j] if site.j < part.j else None
        told = doc.at[site.i - 1] if site.i > part.i else None
        if role is None and told is not None and told.concept == "claim.said":
            is_end = site.j >= part.j or doc.tokens[site.j].text in ",;.:)"
            role = "speaker" if is_end and site.ref.level in ("country", "city") else None
        if (
            role is None
            and site.ref.id in _CAPITALS
            and after is not None
            and (after.group in ("claim", "verb") or after.concept in ("act.launched", "act.fired"))
        ):
            role = "speaker"
        if role == "from" and any(t.text == ":" for t in doc.tokens[max(part.i, site.i - 2) : site.i]):
            is_list = True
        if role == "target" and _is_locative(doc, site):
            role = "at"
        elif role is None and _is_accusative(doc, site):
            role = "target"
        if role is None and last is not None and _is_joined(doc, last.j, site.i):
            role = last.role
        site.role = role or "name"
        last = site


def _dateline(doc: Doc, part: Part) -> int:
    """The token behind "KYIV, June 1 (Agency) -": where a report was written, not what it is about; 0 without one."""
    agencies = doc.lexicon.settings.get("agencies", ())
    tokens = doc.tokens
    first = doc.at[part.i] if part.i < part.j else None
    if part.n > 2 or first is None or first.group != "place":
        return 0
    for k in range(first.j, min(part.j, first.j + 12)):
        if tokens[k].text == "(" and k + 1 < part.j and tokens[k + 1].f in agencies:
            return k
        if tokens[k].text in "\u2013\u2014-" and not tokens[k].glued and tokens[part.i].text.isupper():
            return k
        if tokens[k].kind == "w" and doc.at[k] is None:
            return 0
    return 0


def _goes_on(doc: Doc, part: Part) -> bool:
    """Whether the part goes on with the list of launch areas that the one before it began."""
    n = part.n
    before = doc.parts[n - 1] if n else None
    if before is None or before.line != part.line or doc.tokens[before.j - 1].text != ";":
        return False
    return bool(before.sites) and before.sites[-1].role == "from" and not part.has("act", "alert")


def is_bystander(doc: Doc, part: Part, site: Site) -> bool:
    """A place in a third country, without a preposition, beside one of the two: "Warsaw closes two airports"."""
    if site.role != "name" or site.ref.level in ("country", "sea"):
        return False
    line = [site.ref.id or "", *ancestors(doc.lexicon, site.ref.id)]
    if "UA" in line or "RU" in line or not any(len(a) == 2 for a in line):
        return False
    return any(s.ref.id in ("UA", "RU") for s in part.sites) or part.has("side.ua", "side.ru")


def is_office(doc: Doc, part: Part, site: Site) -> bool:
    """A place that only says whose office speaks: "the air force in Kyiv", "the Donetsk regional prosecutors"."""
    if site.role not in ("name", "at"):
        return False
    k = site.j
    while k < part.j and (m := doc.at[k]) is not None and m.group in ("level", "side"):
        k = m.j
    after = doc.at[k] if k < part.j else None
    if after is not None and after.group == "claimant":
        return True
    before = doc.at[site.i - 1] if site.i > part.i else None
    if before is not None and before.concept in ("prep.of", "prep.at"):
        before = doc.at[before.i - 1] if before.i > part.i else None
    return before is not None and before.group == "claimant"


def _is_accusative(doc: Doc, site: Site) -> bool:
    """Whether the form can only be an object: "attacked the Odesa region"."""
    cases = _cases(doc, site)
    return bool(cases) and all("acc" in case and "nom" not in case for case in cases)


def _is_locative(doc: Doc, site: Site) -> bool:
    """Whether the form can only say where something is, which turns "onto" into "in"."""
    cases = _cases(doc, site)
    return bool(cases) and all("loc" in case and "acc" not in case for case in cases)


def _cases(doc: Doc, site: Site) -> set[str]:
    mention = doc.at[site.i]
    if mention is None or site.ref.id is None:
        return set()
    n = doc.lexicon.index.get(site.ref.id)
    if len(mention.rows) == 1:
        row, note = mention.rows[0]
        only = note.rpartition(";")[2]
        return {only} if row == n and only else set()
    return {case for row, note in mention.rows if row == n and (case := note.rpartition(";")[2])}


def _own_role(doc: Doc, part: Part, site: Site, last: Site | None) -> str | None:
    k = site.i - 1
    stop = last.j if last is not None else part.i
    for _ in range(6):
        if k < stop:
            return None
        mention = doc.at[k]
        text = doc.tokens[k].text
        if mention is not None:
            if mention.concept in _ROLE:
                if mention.concept in ("prep.of", "prep.at") and (deeper := _behind(doc, stop, mention.i - 1)):
                    return deeper
                return _ROLE[mention.concept]
            if mention.group in ("level", "prep", "side", "weapon", "model") or mention.concept in (
                "place.this", "place.capital", "bound.approx", "num.all", "conj.and", "place.country",
            ) or mention.group == "target":  # fmt: skip
                k = mention.i - 1
                continue
            return None
        if text in "\u27a1\u2192\u21d2\u2794\u279c" and text:
            return "target"
        if text in ":\u2013\u2014-" and k - 1 >= stop:
            before = [m for m in doc.mentions_between(max(stop, k - 4), k) if m.concept == "prep.from"]
            return "from" if before else None
        if text in "(\u00ab\u201c\"'" or doc.tokens[k].kind == "w":
            k -= 1
            continue
        return None
    return None


def _behind(doc: Doc, stop: int, k: int) -> str | None:
    """The role of a compound such as "in the direction of", "over the territory of"."""
    if k < stop:
        return None
    mention = doc.at[k]
    if mention is not None and mention.concept in ("prep.from", "prep.to", "prep.except", "prep.past", "prep.on"):
        return _ROLE[mention.concept]
    return None


def _is_joined(doc: Doc, i: int, j: int) -> bool:
    """Only commas, slashes, brackets, "and" and level words stand between two names."""
    if j - i > 6:
        return False
    for k in range(i, j):
        mention = doc.at[k]
        if mention is not None and (mention.concept == "conj.and" or mention.group in ("level", "mark")):
            continue
        if doc.tokens[k].text in ',/\\()\u2013-\u2014\u2022;\u00ab\u00bb"+&#' or doc.tokens[k].kind == "l":
            continue
        return False
    return True


def _with_regions(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """ "Kyiv/region": the city and the region around it."""
    out: list[Site] = []
    for site in sites:
        out.append(site)
        joint = doc.at[site.j] if site.j + 1 < part.j else None
        is_joined = site.j + 1 < part.j and (
            doc.tokens[site.j].text in "/\\" or (joint is not None and joint.concept == "conj.and")
        )
        m = doc.at[site.j + 1] if is_joined else None
        follower = doc.at[m.j] if m is not None and m.j < part.j else None
        if follower is not None and follower.group == "place":
            m = None
        if m is None or site.ref.level != "city" or m.concept not in ("level.oblast", "level.oblasts"):
            continue
        pairs = doc.lexicon.settings.get("around", {})
        above = pairs.get(site.ref.id) or next((a for a in ancestors(doc.lexicon, site.ref.id) if "-" in a), None)
        if above:
            out.append(Site(m.i, m.j, ref(doc.lexicon, above, doc.words(m.i, m.j)), site.role))
    return out


def _without_shadows(doc: Doc, sites: list[Site]) -> list[Site]:
    """The city named beside its own hromada is the hromada; a name said twice in a row is said once."""
    out: list[Site] = []
    for n, site in enumerate(sites):
        after = sites[n + 1] if n + 1 < len(sites) else None
        if (
            after is not None
            and site.ref.level == "city"
            and after.ref.level == "hromada"
            and after.i - site.j <= 2
            and after.ref.id is not None
            and (site.parent == after.ref.id or site.ref.name.split()[0][:4] == after.ref.name.split()[0][:4])
        ):
            continue
        out.append(site)
    return out
