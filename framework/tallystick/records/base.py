"""The base of every canonical record class, and how a column is declared."""

from datetime import datetime
from typing import Any, ClassVar

from sqlmodel import JSON, BigInteger, DateTime, Field, Index, SQLModel, text


def column(
    description: str,
    *,
    values: tuple[str, ...] = (),
    kind: str | None = None,
    default: Any = None,
    key: bool = False,
    index: bool = False,
    refers: str | None = None,
) -> Any:
    """A documented column. `values` closes an enumeration for rule authors; `kind` names the
    catalogue type where it is not the Python type: "decimal" (exact decimal text), "object",
    "list", "minutes", "minor" (minor units). `refers` is the "table.column" it must be found in.
    """
    options: dict[str, Any] = {
        "description": description,
        "schema_extra": {"json_schema_extra": {"kind": kind, "values": list(values)}},
        "index": index,
    }
    if refers is not None:
        options["foreign_key"] = refers
    if key:
        return Field(primary_key=True, **options)
    if kind in {"object", "list"}:
        return Field(default_factory=dict if kind == "object" else list, sa_type=JSON, **options)
    if kind == "minor":
        options["sa_type"] = BigInteger
    return Field(default=default, **options)


def instant(description: str, *, index: bool = False) -> Any:
    """A nullable timestamp column, aware UTC."""
    return Field(
        default=None,
        description=description,
        index=index,
        sa_type=DateTime(timezone=True),
        schema_extra={"json_schema_extra": {"kind": "instant", "values": []}},
    )


class Record(SQLModel):
    """What every stored record of another system has.

    `type_name` is the canonical name; `folded` maps a stored comparison column to the column
    and fold it is made from; `parents` maps a reference column to the type it refers to.
    """

    type_name: ClassVar[str] = ""
    folded: ClassVar[dict[str, tuple[str, str]]] = {}
    looked_up: ClassVar[tuple[str, ...]] = ()
    """Columns of a large table that are indexed together before its first planning: kept up row by
    row while a first list is read, the index would cost as much as the rows.
    """
    parents: ClassVar[dict[str, str]] = {}

    connection_id: str = column("Connection the record was read through.", key=True)
    external_id: str = column("The record's own id in its system, verbatim.", key=True)
    modified_at: datetime | None = instant("When it last changed there, if the system says.")
    content_hash: str = column("Hash of the mapped content.", default="")
    first_seen_run: int = column("Run that saw it first.", default=0)
    last_seen_run: int = column(
        "Run that wrote it last; a row that is not absent was seen since.", default=0
    )
    absent_since_run: int | None = column("First complete run that no longer saw it.")
    deleted_at: datetime | None = instant("When it was found to be gone.")
    extra: dict[str, Any] = column("Fields nobody queries, as sent.", kind="object")


def some_index(table: str, name: str) -> Index:
    """Rows by a column that most rows have nothing in; those cost the index nothing."""
    return _index_where(table, name, f"{name} IS NOT NULL")


def marker_index(table: str) -> Index:
    """Rows of ours by marker; rows of others cost the index nothing."""
    return _index_where(table, "marker", "marker <> ''")


def _index_where(table: str, name: str, condition: str) -> Index:
    there = text(condition)
    return Index(
        f"{table}_{name}", "connection_id", name, sqlite_where=there, postgresql_where=there
    )
