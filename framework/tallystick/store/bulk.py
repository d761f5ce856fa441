"""The bulk path: hashes first, tuples to the driver, one upsert for each type, no objects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson
from sqlalchemy import Connection

from tallystick.model.failpoints import reach
from tallystick.model.fold import FOLDS
from tallystick.model.record import Malformed
from tallystick.records.base import Record
from tallystick.records.catalogue import record_type
from tallystick.store.database import table
from tallystick.store.shapes import Shape, Shapes, Values

_BASE = (
    "connection_id",
    "external_id",
    "modified_at",
    "content_hash",
    "first_seen_run",
    "last_seen_run",
    "absent_since_run",
    "deleted_at",
    "extra",
)


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving rows came to."""

    new: int
    changed: int
    same: int
    ids: tuple[str, ...] = ()
    """Of all rows that were saved, or found as they were."""
    malformed: tuple[Malformed, ...] = ()


Ready = tuple[str, Values, Any, str, Mapping[str, Any]]
"""A row that can be stored: hash, content, time of the last change, `extra` as text, the row."""


class BulkTable:
    """The compiled bulk path of one record class on one kind of database."""

    def __init__(self, cls: type[Record], *, sqlite: bool) -> None:
        self._sqlite = sqlite
        self._table = table(str(cls.__tablename__))
        self._folded = [(source, FOLDS[fold]) for source, fold in cls.folded.values()]
        names = [c.name for c in self._table.columns]
        self.content = [n for n in names if n not in _BASE and n not in cls.folded]
        self._columns = [*self.content, *cls.folded, *_BASE]
        lists = {n for n, f in record_type(cls).fields.items() if f.type == "list"}
        self._shapes = Shapes(self._table, self.content, lists, sqlite=sqlite)
        self._name = f'"{self._table.name}"'
        self._insert = self._insert_sql()
        self._known = self._known_sql()

    def _insert_sql(self) -> str:
        columns = ", ".join(f'"{c}"' for c in self._columns)
        keep = {"connection_id", "external_id", "first_seen_run"}
        update = ", ".join(f'"{c}" = excluded."{c}"' for c in self._columns if c not in keep)
        conflict = f'ON CONFLICT ("connection_id", "external_id") DO UPDATE SET {update}'
        if self._sqlite:
            marks = ", ".join("?" * len(self._columns))
            return f"INSERT INTO {self._name} ({columns}) VALUES ({marks}) {conflict}"  # noqa: S608
        return (
            f"INSERT INTO {self._name} ({columns}) SELECT {columns} FROM pg_temp.stage {conflict}"  # noqa: S608
        )

    def _known_sql(self) -> str:
        mark = "?" if self._sqlite else "%s"
        # deleted rows are written again, so that a record that comes back is alive
        return (
            f"SELECT external_id, content_hash, absent_since_run FROM {self._name} "  # noqa: S608
            f"WHERE connection_id = {mark} AND external_id {self._among()} AND deleted_at IS NULL"
        )

    def prepare(
        self, rows: Sequence[Mapping[str, Any]]
    ) -> tuple[dict[str, Ready], list[Malformed]]:
        """Rows that can be stored by external id; the last of equal ids wins."""
        ready: dict[str, Ready] = {}
        malformed: list[Malformed] = []
        shape: Shape | None = None
        for row in rows:
            try:
                taken = None if shape is None else shape.taken(row)
                if shape is None or taken is None:
                    shape = self._shapes.of(row)
                    taken = shape.take(row)
                external_id, values, modified, extra = taken
                if extra:
                    extra = shape.filled(extra)
                    packed = orjson.dumps(extra).decode()
                else:
                    extra, packed = shape.extra, shape.packed
                text = orjson.dumps((external_id, values, extra), option=orjson.OPT_SORT_KEYS)
            except (TypeError, ValueError) as error:
                why = f"cannot be stored: {error}"
                malformed.append(Malformed(_shown(row.get("external_id")), why))
                continue
            # one byte is found ten times as fast as six
            if b"\\" in text and b"\\u0000" in text:
                malformed.append(Malformed(_shown(external_id), "text with a NUL character"))
                continue
            digest = blake2b(text, digest_size=16).hexdigest()
            ready[external_id] = (digest, values, modified, packed, row)
        return ready, malformed

    def _tuple(self, external_id: str, one: Ready, connection_id: str, run_id: int) -> Values:
        digest, values, modified, packed, row = one
        stands = (connection_id, external_id, modified, digest, run_id, run_id, None, None, packed)
        folded = [fold(text) if (text := row.get(name)) else "" for name, fold in self._folded]
        return (*values, *folded, *stands)

    def save(
        self,
        connection: Connection,
        connection_id: str,
        rows: Sequence[Mapping[str, Any]],
        run_id: int,
    ) -> Saved:
        """Write what is new or changed; returns which rows there are now."""
        ready, malformed = self.prepare(rows)
        if not ready:
            return Saved(0, 0, 0, (), tuple(malformed))
        known = self._hashes(connection, connection_id, list(ready))
        write: list[Values] = []
        same = 0
        back: list[str] = []
        for key, one in ready.items():
            digest, absent = known.get(key) or (None, None)
            if digest != one[0]:
                write.append(self._tuple(key, one, connection_id, run_id))
                continue
            same += 1
            if absent is not None:
                back.append(key)
        new = len(ready) - len(known)
        if write:
            self._write(connection, write)
        reach("read.page-inside-save")
        if back:
            self.there(connection, connection_id, back, run_id)
        return Saved(new, len(write) - new, same, tuple(ready), tuple(malformed))

    def _among(self) -> str:
        """A condition that an id is one of many, which are one parameter."""
        return "IN (SELECT value FROM json_each(?))" if self._sqlite else "= ANY(%s)"

    def _ids(self, ids: list[str]) -> Any:
        return orjson.dumps(ids).decode() if self._sqlite else ids

    def _hashes(
        self, connection: Connection, connection_id: str, ids: list[str]
    ) -> dict[str, tuple[str, int | None]]:
        found = connection.exec_driver_sql(self._known, (connection_id, self._ids(ids))).fetchall()
        return {external_id: (digest, absent) for external_id, digest, absent in found}

    def _write(self, connection: Connection, write: list[Values]) -> None:
        if self._sqlite:
            connection.exec_driver_sql(self._insert, write)
            return
        connection.exec_driver_sql("DROP TABLE IF EXISTS pg_temp.stage")
        connection.exec_driver_sql(
            f"CREATE TEMP TABLE stage (LIKE {self._name} INCLUDING DEFAULTS) ON COMMIT DROP"
        )
        columns = ", ".join(f'"{c}"' for c in self._columns)
        driver: Any = connection.connection.driver_connection
        with (
            driver.cursor() as cursor,
            cursor.copy(f"COPY pg_temp.stage ({columns}) FROM STDIN") as copy,
        ):
            for values in write:
                copy.write_row(values)
        connection.exec_driver_sql(self._insert)

    def there(
        self, connection: Connection, connection_id: str, ids: Sequence[str], run_id: int
    ) -> None:
        """Note on rows that are stored that a run found them, whatever an earlier one missed."""
        mark = "?" if self._sqlite else "%s"
        connection.exec_driver_sql(
            f"UPDATE {self._name} SET last_seen_run = {mark}, absent_since_run = NULL "  # noqa: S608
            f"WHERE connection_id = {mark} AND external_id {self._among()}",
            (run_id, connection_id, self._ids(list(ids))),
        )


def _shown(raw: Any) -> str:
    """An id that may be anything, as a short text that can be shown and stored."""
    return str(raw)[:100].replace("\0", "").encode(errors="replace").decode()
