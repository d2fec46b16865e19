"""Telegram through an account of one's own: every post that can be had, once, and every hole known.

This package is the only importer of telethon. Read ``source.py`` first (one poll), then ``visit.py`` (what a poll
makes of the posts), ``account.py`` (one connection for all channels of an account), ``pace.py`` (never too fast).

Pushes are hints: they wake a poll, and the poll asks by post id from a high-water mark of its own, because the
library drops posts without a word after a reconnect and whenever it is too far behind.
"""

from __future__ import annotations

from monitor.sources.telegram.account import Account, accounts
from monitor.sources.telegram.backfill import Estimate, backfill, estimate
from monitor.sources.telegram.login import AccountStatus, login, status
from monitor.sources.telegram.pace import Pace
from monitor.sources.telegram.settings import AccountSettings
from monitor.sources.telegram.source import Telegram

__all__ = [
    "Account",
    "AccountSettings",
    "AccountStatus",
    "Estimate",
    "Pace",
    "Telegram",
    "accounts",
    "backfill",
    "estimate",
    "login",
    "status",
]
