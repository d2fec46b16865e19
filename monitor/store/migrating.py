"""Runs Alembic from inside the package, without an ini file, in one transaction."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine

from monitor.errors import StoreCorrupt

__all__ = ["FOLDER", "config_for", "run"]

FOLDER = Path(__file__).with_name("migrations")


def config_for(connection: Connection, *more: Path) -> Config:
    """Alembic's configuration for one connection; ``more`` are further folders of revisions (tests)."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    folders = "\n".join(str(folder) for folder in (FOLDER / "versions", *more))
    config.set_main_option("version_locations", folders.replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def run(engine: Engine, to: str = "head", *more: Path) -> None:
    """Upgrade to a revision. Whatever stops it on the way, the database is as it was before."""
    with engine.connect() as connection:
        is_file = connection.dialect.name == "sqlite"
        if is_file:
            # Batch steps copy tables and drop the old ones; the check afterwards stands in for the keys.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        try:
            with connection.begin():
                command.upgrade(config_for(connection, *more), to)
                if is_file:
                    _check_keys(connection)
        finally:
            if is_file:
                connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]


def _check_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(3)
    if broken:
        raise StoreCorrupt(
            f"the migration was taken back: rows without their item in {sorted({row[0] for row in broken})}"
        )
