"""Every error of monitor, as a tree by what one can do about it.

    MonitorError
     ├── OperatorError            change something on this machine, then start again   (exit code 2)
     │    ├── ConfigError         a configuration file or environment name is wrong
     │    ├── LanguageDataError   a file of languages/ or gazetteer/ is wrong
     │    ├── StoreError          the database cannot be used as it is                 (exit code 3)
     │    │    ├── StoreCorrupt   it is damaged or is no database: restore a backup
     │    │    ├── StoreVersion   its schema is newer than this program
     │    │    ├── StoreFull      no space left: make room, nothing was half-written
     │    │    ├── StoreBusy      held by another or the connection broke: try again, nothing was half-written
     │    │    └── StoreSlow      a question took longer than its limit: ask for less
     │    ├── AlreadyRunning      another instance holds this database                 (exit code 4)
     │    ├── AddressInUse        the API's port is taken                              (exit code 5)
     │    └── UnsafePermissions   a secret file can be read by others                  (exit code 2)
     ├── SourceError              one source failed; the others go on
     │    ├── SourceUnavailable   it did not answer: try again later (``retry_after``)
     │    ├── SourceThrottled     it asks us to slow down (``retry_after``)
     │    ├── SourceBroken        it answers something that is not what it used to be
     │    ├── SourceRefused       private, deleted, blocked, or without a public page
     │    └── SourceAuthLost      the account or key is no longer accepted: stop using it
     ├── InputError               a file or line given by the user cannot be read      (exit code 1)
     ├── AddressRefused           the URL guard does not let us dial that address
     └── SinkError                one delivery failed (``is_final``: trying again cannot help)
          └── EndpointGone        the far side wants no more of them: the endpoint is disabled

A bad *text* is never an error: ``extract`` is total and reports what it set aside as notes.
A message says what is wrong, where, and what to do about it. It never carries a secret.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = [
    "AddressInUse",
    "AddressRefused",
    "AlreadyRunning",
    "ConfigError",
    "EndpointGone",
    "InputError",
    "LanguageDataError",
    "MonitorError",
    "OperatorError",
    "SinkError",
    "SourceAuthLost",
    "SourceBroken",
    "SourceError",
    "SourceRefused",
    "SourceThrottled",
    "SourceUnavailable",
    "StoreBusy",
    "StoreCorrupt",
    "StoreError",
    "StoreFull",
    "StoreSlow",
    "StoreVersion",
    "UnsafePermissions",
]


class MonitorError(Exception):
    """Anything that monitor raises on purpose."""

    exit_code = 1


class OperatorError(MonitorError):
    """Something on this machine has to be changed by whoever runs monitor."""

    exit_code = 2


class ConfigError(OperatorError):
    """A configuration file, a profile or an environment name is wrong; says file and line."""


class LanguageDataError(OperatorError):
    """A file of ``languages/`` or ``gazetteer/`` breaks a rule; says file, line and rule."""


class StoreError(OperatorError):
    """The database cannot be used as it is. ``is_fatal``: what is on the disk is not known; stop, never try again."""

    exit_code = 3
    is_fatal = False


class StoreCorrupt(StoreError):
    """The file is damaged, truncated or no database at all."""

    is_fatal = True


class StoreVersion(StoreError):
    """The schema is newer than this program: it is never taken down a version."""


class StoreFull(StoreError):
    """No space is left where the database lives."""


class StoreBusy(StoreError):
    """Another program holds the database, or the connection to the server broke: trying again can help."""


class StoreSlow(StoreError):
    """A question was broken off because it took longer than its limit: ask for less."""


class AlreadyRunning(OperatorError):
    """Another instance holds the lock of this database."""

    exit_code = 4


class AddressInUse(OperatorError):
    """The address of the API is taken by another program."""

    exit_code = 5


class UnsafePermissions(OperatorError):
    """A file that holds a secret can be read by other users."""


class SourceError(MonitorError):
    """One source failed. ``reason`` is a short machine word, ``retry_after`` is in seconds."""

    reason = "unavailable"

    def __init__(self, message: str, *, retry_after: float | None = None, sample: str | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.sample = sample

    def __str__(self) -> str:
        said = super().__str__()
        return f"{said}; it begins: {self.sample[:120]}" if self.sample else said


class SourceUnavailable(SourceError):
    """It did not answer, or answered 5xx."""


class SourceThrottled(SourceError):
    """It asked us to slow down: 429, a flood wait, or a 401 that is known to mean that."""

    reason = "throttled"


class SourceBroken(SourceError):
    """It answered, but not in a shape that we know (``sample`` holds the start of it)."""

    reason = "broken"


class SourceRefused(SourceError):
    """Private, deleted, blocked or without a public preview."""

    reason = "refused"


class SourceAuthLost(SourceError):
    """The account, session or key is no longer accepted."""

    reason = "auth_lost"


class InputError(MonitorError):
    """A file or a line that the user gave cannot be read; says which."""


class AddressRefused(MonitorError):
    """The URL guard does not let us dial that address; says which rule."""


class SinkError(MonitorError):
    """One delivery failed. ``is_final`` tells the delivery stage that trying again cannot help.

    ``log`` is what is worth keeping of the attempt, such as status and latency.
    """

    def __init__(
        self,
        message: str,
        *,
        is_final: bool = False,
        retry_after: float | None = None,
        log: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.is_final = is_final
        self.retry_after = retry_after
        self.log = dict(log or {})


class EndpointGone(SinkError):
    """The far side has said that it wants no more messages (410)."""

    def __init__(self, message: str, *, log: Mapping[str, object] | None = None) -> None:
        super().__init__(message, is_final=True, log=log)
