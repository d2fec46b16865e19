"""The schema's version: a new database gets today's tables, an older one is migrated, a newer one is refused."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Engine, inspect, text

from monitor.errors import StoreCorrupt, StoreError, StoreVersion
from monitor.store.engines import APPLICATION_ID
from monitor.store.tables import HEAD, INCLUDE, metadata

__all__ = ["create_all", "migrate", "revision", "settle"]


def create_all(connection: Connection) -> None:
    """Today's tables in an empty database, marked with their revision."""
    if connection.dialect.name == "postgresql":
        for table in metadata.tables.values():
            table.primary_key.dialect_options["postgresql"]["include"] = table.primary_key.info.get(INCLUDE)
    metadata.create_all(connection)
    connection.execute(
        text(
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
            "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
    )
    connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"PRAGMA application_id={APPLICATION_ID}"))


def revision(connection: Connection, where: str) -> str | None:
    """The revision of a database, None for one without any table. Raises ``StoreError`` for one that is not ours."""
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return None
    if "alembic_version" not in tables or "items" not in tables:
        raise StoreError(
            f"{where}: this is a database of another program (tables {', '.join(sorted(tables)[:4])}). It is left "
            "alone; give monitor a path of its own."
        )
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found is None:
        raise StoreCorrupt(f"{where}: the database does not say which schema it has. Restore a backup.")
    return str(found)


def settle(engine: Engine, where: str, *, may_create: bool, before_migrating: Callable[[str], None]) -> None:
    """Bring the database to ``HEAD``. ``before_migrating`` is given the old revision and makes the backup."""
    with engine.connect() as connection:
        found = revision(connection, where)
    if found is None:
        if not may_create:
            raise StoreError(f"{where}: the database is empty. Start the daemon once, or copy a store into it.")
        with engine.begin() as connection:
            create_all(connection)
        return
    if found == HEAD:
        return
    if not found.isdigit() or found > HEAD:
        raise StoreVersion(
            f"{where}: the database has schema {found}, this program knows schemas up to {HEAD}. Install the newer "
            "monitor again, or restore a backup made before the upgrade; a schema is never taken down."
        )
    before_migrating(found)
    migrate(engine)


def migrate(engine: Engine, to: str = "head") -> None:
    """Run the migrations in one transaction: killed on the way, nothing has happened."""
    from monitor.store.migrating import run

    run(engine, to)
