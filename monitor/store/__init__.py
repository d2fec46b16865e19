"""The memory: raw items, what they were read as, what is known, and what is due to be told. The only SQL here."""

from __future__ import annotations

from monitor.store.backups import backup, restore
from monitor.store.checking import Problem, verify
from monitor.store.copying import copy
from monitor.store.instant import UnderAlert, under_alert
from monitor.store.opening import open_store
from monitor.store.sql_store import SqlStore

__all__ = ["Problem", "SqlStore", "UnderAlert", "backup", "copy", "open_store", "restore", "under_alert", "verify"]
