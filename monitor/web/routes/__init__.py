"""Routes, one file per audience: ``operation`` for those who run it, ``data`` for those who read it."""

from __future__ import annotations
