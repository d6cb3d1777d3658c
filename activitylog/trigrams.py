"""Indexes for “any part of the text”, made in migrations on PostgreSQL; SQLite scans."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython


def trigram_index(name: str, *, table: str, column: str) -> RunPython:
    """A pg_trgm index on the column, with its reverse. The extension must have been made before.

    Migrations write it by hand, since Django would try to make a declared one on SQLite too.
    """

    def make(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(
                f"CREATE INDEX {name} ON {table} USING gin ({column} gin_trgm_ops)"
            )

    def unmake(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP INDEX {name}")

    return RunPython(make, unmake)
