"""Tokens of the API. What is kept is the SHA-256 of a random secret; the secret itself is shown once, when made.

A secret is ``mon_<id>_<43 characters>``: 256 random bits, so that a plain hash cannot be turned back by guessing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from monitor.errors import InputError, StoreError
from monitor.store.sql_store import SqlStore
from monitor.store.tables import tokens

__all__ = ["SCOPES", "Token", "add", "check", "fingerprint", "is_shaped", "listed", "revoke", "stands"]

SCOPES = {
    "read": "everything that is public",
    "deliveries": "who is told, and what came of it",
    "operate": "the same, and telling again",
    "full": "what the publication policy withholds, too",
}
"""What a token may see or do, each with its meaning. Every token may read."""

USED_EVERY = timedelta(minutes=1)
_SECRET = re.compile(r"mon_([0-9a-f]{8})_[A-Za-z0-9_-]{43}", re.ASCII)
_NOBODY = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Token:
    """One token without its secret."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    used_at: datetime | None = None

    def standing(self, now: datetime) -> str:
        """``valid``, ``expired`` or ``revoked``."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "valid"


def add(
    store: SqlStore, name: str, scopes: Iterable[str], now: datetime, *, expires_at: datetime | None = None
) -> tuple[Token, str]:
    """A new token and its secret. Raises ``InputError`` for a scope that there is not, or a name without a word."""
    wanted = tuple(scope for scope in SCOPES if scope in set(scopes)) or ("read",)
    for scope in scopes:
        if scope not in SCOPES:
            raise InputError(f"no scope is called {scope!r}; there are {', '.join(SCOPES)}")
    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise InputError("a token needs a name of at most 100 printable characters: whom it is for")
    made = Token(secrets.token_hex(4), name.strip(), wanted, now, expires_at)
    secret = f"mon_{made.id}_{secrets.token_urlsafe(32)}"
    with store.transaction() as connection:
        connection.execute(
            tokens.insert().values(
                id=made.id, name=made.name, scope=" ".join(made.scopes), sha256=fingerprint(secret), created_at=now,
                expires_at=expires_at,
            )
        )  # fmt: skip
    return made, secret


def check(store: SqlStore, secret: str, now: datetime) -> tuple[Token | None, str]:
    """The token of a secret, and how it stands: ``valid``, else no token and ``unknown``, ``expired`` or ``revoked``.

    Takes as long for a wrong secret of a known id as for the right one; a secret of another shape asks no database.
    """
    shape = _SECRET.fullmatch(secret)
    if shape is None:
        return None, "unknown"
    with store.reading() as connection:
        row = connection.execute(select(tokens).where(tokens.c.id == shape[1])).first()
    is_right = hmac.compare_digest(fingerprint(secret), row.sha256 if row is not None else _NOBODY)
    if row is None or not is_right:
        return None, "unknown"
    found = _token(row)
    standing = found.standing(now)
    if standing != "valid":
        return None, standing
    if found.used_at is None or now - found.used_at >= USED_EVERY:
        _mark_used(store, found.id, now)
    return found, standing


def stands(store: SqlStore, token: str, now: datetime) -> bool:
    """Whether the token of this id is still valid."""
    with store.reading() as connection:
        row = connection.execute(select(tokens).where(tokens.c.id == token)).first()
    return row is not None and _token(row).standing(now) == "valid"


def is_shaped(secret: str) -> bool:
    """Whether this could be a secret of ours."""
    return _SECRET.fullmatch(secret) is not None


def listed(store: SqlStore) -> tuple[Token, ...]:
    """Every token that was ever made, the newest first."""
    with store.reading() as connection:
        found = connection.execute(select(tokens).order_by(tokens.c.created_at.desc(), tokens.c.id)).all()
    return tuple(_token(row) for row in found)


def revoke(store: SqlStore, token: str, now: datetime) -> Token:
    """End a token at once; the same again changes nothing. Raises ``InputError`` for an id that nobody has."""
    with store.transaction() as connection:
        connection.execute(
            update(tokens).where(tokens.c.id == token, tokens.c.revoked_at.is_(None)).values(revoked_at=now)
        )
    for known in listed(store):
        if known.id == token:
            return known
    raise InputError(f"no token has the id {token!r}; `monitor tokens list` shows them")


def _mark_used(store: SqlStore, token: str, now: datetime) -> None:
    with suppress(StoreError), store.transaction() as connection:  # a full disk locks nobody out
        connection.execute(update(tokens).where(tokens.c.id == token).values(used_at=now))


def fingerprint(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _token(row: Any) -> Token:
    return Token(
        row.id, row.name, tuple(row.scope.split()), row.created_at, row.expires_at, row.revoked_at, row.used_at
    )
