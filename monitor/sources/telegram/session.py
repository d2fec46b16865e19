"""The session file: whoever has it is logged in as us. 0600 in a folder of 0700, held by one process, or refused."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

from monitor.errors import AlreadyRunning, OperatorError, StoreCorrupt, UnsafePermissions

__all__ = ["SessionFile"]

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class SessionFile:
    """Permissions, soundness, lock, backup and the mark of a lost login of one session.

    ``path`` ends in ``.session``; beside it stand ``.lock``, ``.backup`` and ``.lost`` (the reason, as text).
    """

    def __init__(self, path: Path) -> None:
        self.path = path if path.suffix == ".session" else path.with_name(path.name + ".session")
        self._lock: int | None = None

    def exists(self) -> bool:
        return self.path.exists() and self.path.stat().st_size > 0

    def create(self) -> None:
        """An empty file that only we can read, in a folder that only we can enter."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.check_modes()
        if not self.path.exists():
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))

    def check(self) -> None:
        """Raises ``UnsafePermissions``, ``StoreCorrupt`` or ``OperatorError``; changes nothing on disk."""
        self.check_modes()
        if not self.exists():
            return
        if not os.access(self.path, os.R_OK | os.W_OK):
            raise OperatorError(
                f"the Telegram session {self.path} cannot be written; make it and its folder writable for this user"
            )
        self._check_sound()

    def check_modes(self) -> None:
        folder = self.path.parent
        if not folder.exists():
            return
        if folder.stat().st_mode & _OTHERS:
            raise UnsafePermissions(
                f"the folder {folder} of a Telegram session is open to other users; run: chmod 700 {folder}"
            )
        for file in sorted(folder.glob(self.path.name + "*")):
            if file.stat().st_mode & _OTHERS:
                raise UnsafePermissions(
                    f"the Telegram session {file} can be read by other users, who could log in as you; "
                    f"run: chmod 600 {file}"
                )

    def _check_sound(self) -> None:
        try:
            address = f"{self.path.resolve().as_uri()}?mode=rw"
            with closing(sqlite3.connect(address, uri=True, timeout=0.2)) as connection:
                row = connection.execute("pragma quick_check(1)").fetchone()
                connection.execute("begin immediate")
                connection.rollback()
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise AlreadyRunning(
                    f"another program is using the Telegram session {self.path}; stop it, or log in a second account"
                ) from error
            if "readonly" in str(error):
                raise OperatorError(f"the Telegram session {self.path} cannot be written: {error}") from error
            raise self._broken(str(error)) from error
        except sqlite3.DatabaseError as error:
            raise self._broken(str(error)) from error
        if row is None or row[0] != "ok":
            raise self._broken(str(row and row[0]))

    def _broken(self, why: str) -> StoreCorrupt:
        return StoreCorrupt(
            f"the Telegram session {self.path} is damaged ({why}) and was left as it is; move it away and put "
            f"{self.backup.name} in its place, or log in again with `monitor telegram login`"
        )

    @property
    def backup(self) -> Path:
        return self.path.with_name(self.path.name + ".backup")

    def keep_backup(self) -> None:
        """A copy (0600) of a session that has just proved itself; the copy before it is replaced."""
        fresh = self.path.with_name(self.path.name + ".backup.new")
        os.close(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
        shutil.copyfile(self.path, fresh)
        fresh.replace(self.backup)

    def lock(self) -> None:
        """Hold the session for this process: two nodes on one account end both (AUTH_KEY_DUPLICATED)."""
        if self._lock is not None:
            return
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.path.with_name(self.path.name + ".lock"), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            raise AlreadyRunning(
                f"another process uses the Telegram session {self.path}; one account is for one process"
            ) from error
        self._lock = descriptor

    def unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def lost(self) -> str | None:
        """Why this session must not be used any more, if it has been lost."""
        try:
            return self._mark.read_text(encoding="utf-8").strip() or "lost"
        except OSError:
            return None

    def mark_lost(self, reason: str) -> None:
        descriptor = os.open(self._mark, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(reason + "\n")

    def clear_lost(self) -> None:
        self._mark.unlink(missing_ok=True)

    @property
    def _mark(self) -> Path:
        return self.path.with_name(self.path.name + ".lost")
