"""The evidence of one event as files, and whether such a folder still is what was written.

``SHA256SUMS`` is checked by ``sha256sum -c`` anywhere; ``verify_case`` also walks the hash chain from each item to the
root of its day and compares the roots with a database, where one is given.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from monitor.identity import text_sha256
from monitor.store.chain import row_digest
from monitor.store.checking import Problem
from monitor.store.columns import stamp
from monitor.store.evidence import Case, RawItem
from monitor.store.sql_store import SqlStore
from monitor.store.tables import roots

__all__ = ["SUMS", "case_files", "verify_case"]

SUMS = "SHA256SUMS"
_READ_ME = """The evidence of one event, as monitor held it.

event.json      the event: every version of its row, with the times from and until which it was held true
related/        rows that belong to it: the alert in force, merged strikes, other claims of the same chain
items/          every version of every post behind it: the columns that are hashed, its text, and the bytes as they came
readings.jsonl  how each version was read: reports with sentence, span, rule and confidence, and what was set aside
changes.jsonl   what was told of it, in order
chain/          for each day the hashes from the first of these items to the root of the day
MANIFEST.json   what made this folder, the versions of the rules, and the SHA-256 of every file
SHA256SUMS      the same sums, with that of MANIFEST.json

Whether a file was changed:      sha256sum -c SHA256SUMS
The hash chain as well:          monitor verify --case FOLDER
And against the database:        monitor verify --case FOLDER --db DATABASE

A link of the chain is SHA-256(the link before + the SHA-256 of the row), both as hexadecimal text; the hash of a row is
that of its columns without `chain` as JSON with sorted keys and no spaces.
Texts are those of their publishers. Figures are claims of those who made them; nothing here was verified.
"""


def case_files(case: Case, *, program: str, rules_now: str, made_at: datetime) -> dict[str, bytes]:
    """Every file by its path in the folder. ``rules_now``: the version of the rules that would read today."""
    files = {
        "README.txt": _READ_ME.encode(),
        "event.json": _json(_known(case.event)),
        "readings.jsonl": _lines(case.readings),
        "changes.jsonl": _lines(case.changes),
    }
    for number, one in enumerate(case.related, 1):
        files[f"related/{number:03}-{one.kind}.json"] = _json(_known(one))
    for item in case.items:
        files |= _item_files(item)
    for walk in case.walks:
        files[f"chain/{walk.day}.json"] = _json(
            {"day": walk.day, "before": walk.before, "rows": [list(one) for one in walk.digests], "root": walk.root}
        )
    sums = {name: hashlib.sha256(body).hexdigest() for name, body in sorted(files.items())}
    files["MANIFEST.json"] = _json(
        {
            "event": {"kind": case.event.kind, "id": case.event.id},
            "made_at": stamp(made_at),
            "program": program,
            "rules": {"read_by": list(case.rules), "now": rules_now},
            "items": [_summary(item) for item in case.items],
            "files": [{"path": name, "bytes": len(files[name]), "sha256": found} for name, found in sums.items()],
        }
    )
    sums["MANIFEST.json"] = hashlib.sha256(files["MANIFEST.json"]).hexdigest()
    files[SUMS] = "".join(f"{found}  {name}\n" for name, found in sorted(sums.items())).encode()
    return files


def verify_case(folder: Path, store: SqlStore | None = None) -> list[Problem]:
    """Everything in a case's folder that is not as it was written, empty where all is well."""
    out = list(_sums(folder))
    walks: dict[int, str] = {}
    for path in sorted((folder / "chain").glob("*.json")):
        out += _walk(path, walks, store)
    for path in sorted((folder / "items").glob("*.json")):
        out += _item(path, walks)
    return out


def _known(one: Any) -> dict[str, Any]:
    return {"kind": one.kind, "id": one.id, "why": one.why, "versions": list(one.versions)}


def _item_files(item: RawItem) -> dict[str, bytes]:
    name = f"items/{item.columns['id']:09}-v{item.columns['version']}"
    words = [item.columns["title"], item.columns["text"]]
    out = {f"{name}.json": _json(item.columns), f"{name}.txt": "\n".join(word for word in words if word).encode()}
    return out if item.raw is None else {**out, f"{name}.raw": item.raw}


def _summary(item: RawItem) -> dict[str, Any]:
    names = ("id", "key", "version", "source", "published", "received", "edited", "deleted", "committed_at", "sha256",
             "chain")  # fmt: skip
    return {name: item.columns[name] for name in names}


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode("utf-8", "backslashreplace")


def _lines(values: Any) -> bytes:
    return "".join(json.dumps(value, ensure_ascii=False, sort_keys=True) + "\n" for value in values).encode(
        "utf-8", "backslashreplace"
    )


def _sums(folder: Path) -> Iterator[Problem]:
    try:
        lines = (folder / SUMS).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        yield Problem("case", SUMS, "is missing or cannot be read: this is no folder of a case, or it was cut")
        return
    wanted = {name: found for found, _, name in (line.partition("  ") for line in lines)}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {SUMS}
    for name in sorted(set(wanted) - there):
        yield Problem("case", name, "missing")
    for name in sorted(there - set(wanted)):
        yield Problem("case", name, "was not written by the export")
    for name in sorted(there & set(wanted)):
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != wanted[name]:
            yield Problem("case", name, "is not what was written")


def _walk(path: Path, walks: dict[int, str], store: SqlStore | None) -> Iterator[Problem]:
    name = f"chain/{path.name}"
    try:
        found = json.loads(path.read_bytes())
        link = str(found["before"])
        for number, digest in found["rows"]:
            walks[int(number)] = str(digest)
            link = hashlib.sha256(f"{link}{digest}".encode()).hexdigest()
        root, day = str(found["root"]), str(found["day"])
    except (OSError, ValueError, KeyError, TypeError):
        yield Problem("case", name, "cannot be read")
        return
    if link != root:
        yield Problem("case", name, "the chain does not lead to the root of the day")
    if store is not None:
        with store.reading() as connection:
            stored = connection.execute(select(roots.c.root).where(roots.c.day == day)).scalar()
        if stored != root:
            yield Problem("case", name, f"the database has {'another' if stored else 'no'} root for {day}")


def _item(path: Path, walks: Mapping[int, str]) -> Iterator[Problem]:
    """A deletion carries the hash of the text it took away; a text with characters that no database takes was hashed
    as it came."""
    name = f"items/{path.name}"
    try:
        row = json.loads(path.read_bytes())
        digest = row_digest(row)
        is_other = bool(row["deleted"]) or "_replaced" in str(row["flags"])
        is_own_text = is_other or row["sha256"] == text_sha256(row["title"], row["text"])
        number = int(row["id"])
    except (OSError, ValueError, KeyError, TypeError):
        yield Problem("case", name, "cannot be read")
        return
    if walks.get(number) != digest:
        yield Problem("case", name, "is not the row that the hash chain holds")
    if not is_own_text:
        yield Problem("case", name, "its text is not the one that was hashed")
    raw = path.with_suffix(".raw")
    if row["raw"] is not None and (not raw.exists() or hashlib.sha256(raw.read_bytes()).hexdigest() != row["raw"]):
        yield Problem("case", f"items/{raw.name}", "is not the bytes that came")
