"""Standard Webhooks signatures over id, timestamp and body; one signature per secret that is still valid.

https://github.com/standard-webhooks/standard-webhooks, scheme ``v1`` (HMAC-SHA256). Every attempt is signed anew: the
same id and the same bytes, the time of sending.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook as Signer

from monitor.errors import ConfigError

__all__ = ["PREFIX", "Signer", "headers", "new_secret", "signers"]

PREFIX = "whsec_"
_LEAST, _MOST = 24, 64


def new_secret() -> str:
    """A secret of 32 random bytes, as receivers expect it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode("ascii")


def signers(words: Sequence[str], where: str) -> tuple[Signer, ...]:
    """One signer per secret, the current one first. Raises ``ConfigError`` that never shows the secret."""
    if not words:
        raise ConfigError(f"{where}: every webhook is signed; it needs a secret")
    return tuple(Signer(_key(word, where)) for word in words)


def headers(signed_by: Sequence[Signer], message_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """The three headers. ``now`` is aware; the library reads any wall time as UTC, so it is given UTC."""
    at = now.astimezone(UTC)
    text = body.decode("utf-8")
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signer.sign(message_id, at, text) for signer in signed_by),
    }


def _key(word: str, where: str) -> bytes:
    text = word.strip().removeprefix(PREFIX)
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ConfigError(f"{where}: a signing secret is not base64 after {PREFIX!r}") from error
    if not _LEAST <= len(key) <= _MOST:
        raise ConfigError(f"{where}: a signing secret has {len(key)} bytes; it must have {_LEAST} to {_MOST}")
    return key
