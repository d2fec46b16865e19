"""What kind of file system a database lies on, and making directory entries durable."""

from __future__ import annotations

import os
from pathlib import Path

from monitor.errors import StoreError

__all__ = ["kind_of", "sync_directory", "warnings_for"]

_NETWORK = frozenset(
    {
        *(
            "nfs",
            "nfs4",
            "cifs",
            "smb3",
            "smbfs",
            "ceph",
            "glusterfs",
            "lustre",
            "afs",
            "gfs2",
            "ocfs2",
            "beegfs",
            "davfs",
        ),
        *("fuse.sshfs", "fuse.glusterfs", "fuse.s3fs", "fuse.rclone", "fuse.davfs2", "fuse.cephfs"),
    }
)
_UNWISE = {
    "tmpfs": "it is kept in memory and lost when the machine stops",
    "ramfs": "it is kept in memory and lost when the machine stops",
    "overlay": "it lies in the layer of a container and is lost with the container: mount a volume",
    "aufs": "it lies in the layer of a container and is lost with the container: mount a volume",
    "9p": "the disk is shared with a host, whose promise that a write is durable cannot be checked",
    "virtiofs": "the disk is shared with a host, whose promise that a write is durable cannot be checked",
    "vboxsf": "the disk is shared with a host, whose promise that a write is durable cannot be checked",
}


def warnings_for(folder: Path, mounts: str | None = None) -> tuple[str, ...]:
    """What is unwise about keeping a SQLite database here. Raises ``StoreError`` on a network file system, where its
    locks and its shared memory do not work. ``mounts`` is the text of ``/proc/self/mountinfo``."""
    kind = kind_of(folder, mounts)
    if kind in _NETWORK:
        raise StoreError(
            f"{folder} lies on a network file system ({kind}), where SQLite cannot lock and loses data. Put the "
            "database on a local disk, or use PostgreSQL."
        )
    if kind in _UNWISE:
        return (f"{folder} lies on {kind}: {_UNWISE[kind]}.",)
    return ()


def kind_of(folder: Path, mounts: str | None = None) -> str:
    """The type of the file system that holds a directory, or an empty text where the system does not say."""
    if mounts is None:
        try:
            mounts = Path("/proc/self/mountinfo").read_text("utf-8", "replace")
        except OSError:
            return ""
    wanted = str(folder.resolve())
    best, kind = -1, ""
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        fields, rest = before.split(), after.split()
        if len(fields) < 5 or not rest:
            continue
        point = fields[4].replace("\\040", " ")
        is_above = wanted == point or wanted.startswith(point.rstrip("/") + "/")
        if is_above and len(point) >= best:
            best, kind = len(point), rest[0]
    return kind


def sync_directory(folder: Path) -> None:
    """Make the names in a directory survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
