"""The bulk path: hashes first, tuples to the driver, one upsert for each type, no objects."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import orjson
from sqlalchemy import Connection, DateTime

from tallystick.model.failpoints import reach
from tallystick.model.fold import FOLDS
from tallystick.model.record import Malformed
from tallystick.records.base import Record
from tallystick.records.catalogue import record_type
from tallystick.store.database import table

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
Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving rows came to."""

    new: int
    changed: int
    same: int
    malformed: tuple[Malformed, ...] = ()


def _instant(value: datetime | None) -> str | None:
    return None if value is None else f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _date(value: Any) -> str | None:
    return None if value is None else value.isoformat()


class BulkTable:
    """The compiled bulk path of one record class on one kind of database."""

    def __init__(self, cls: type[Record], *, sqlite: bool) -> None:
        self._sqlite = sqlite
        self._table = table(str(cls.__tablename__))
        self._lists = {n for n, f in record_type(cls).fields.items() if f.type == "list"}
        self._folded = [(name, *spec) for name, spec in cls.folded.items()]
        folded = {name for name, _, _ in self._folded}
        names = [c.name for c in self._table.columns]
        self.content = [n for n in names if n not in _BASE and n not in folded]
        self._columns = [*self.content, *(n for n, _, _ in self._folded), *_BASE]
        self._shapes: dict[tuple[str, ...], Callable[[Mapping[str, Any]], Values]] = {}
        self._insert = self._insert_sql()
        self._name = f'"{self._table.name}"'

    def _insert_sql(self) -> str:
        name = f'"{self._table.name}"'
        columns = ", ".join(f'"{c}"' for c in self._columns)
        keep = {"connection_id", "external_id", "first_seen_run"}
        update = ", ".join(f'"{c}" = excluded."{c}"' for c in self._columns if c not in keep)
        conflict = f'ON CONFLICT ("connection_id", "external_id") DO UPDATE SET {update}'
        if self._sqlite:
            marks = ", ".join("?" * len(self._columns))
            return f"INSERT INTO {name} ({columns}) VALUES ({marks}) {conflict}"  # noqa: S608
        return f"INSERT INTO {name} ({columns}) SELECT {columns} FROM stage {conflict}"  # noqa: S608

    def _shape(self, keys: tuple[str, ...]) -> Callable[[Mapping[str, Any]], Values]:
        """A function that takes the content columns out of rows with these keys."""
        found = self._shapes.get(keys)
        if found is not None:
            return found
        present = set(keys)
        parts = []
        for name in self.content:
            kind = self._table.columns[name].type
            value = f"r[{name!r}]" if name in present else "None"
            if name not in present and kind.__class__.__name__ == "JSON":
                value = repr("[]" if name in self._lists else "{}")
            if name in present and kind.__class__.__name__ == "JSON":
                value = f"_json({value})"
            elif name in present and isinstance(kind, DateTime) and self._sqlite:
                value = f"_instant({value})"
            elif name in present and kind.__class__.__name__ == "Date" and self._sqlite:
                value = f"_date({value})"
            parts.append(value)
        source = f"lambda r: ({', '.join(parts)},)"
        names = {"_json": _json, "_instant": _instant, "_date": _date}
        made: Callable[[Mapping[str, Any]], Values] = eval(source, names)  # noqa: S307 - column names of our own classes
        self._shapes[keys] = made
        return made

    def prepare(
        self, connection_id: str, rows: Sequence[Mapping[str, Any]], run_id: int
    ) -> tuple[dict[str, tuple[str, Values]], list[Malformed]]:
        """Rows as (hash, driver tuple) by external id; the last of equal ids wins."""
        ready: dict[str, tuple[str, Values]] = {}
        malformed: list[Malformed] = []
        for row in rows:
            external_id = str(row["external_id"])
            extra = row.get("extra") or {}
            missing = [n for n in self.content if n not in row]
            if missing:
                extra = {**extra, "_absent": missing}
            try:
                values = self._shape(tuple(row))(row)
                text = orjson.dumps((values, extra), option=orjson.OPT_SORT_KEYS)
                packed = orjson.dumps(extra).decode()
            except (TypeError, ValueError) as error:
                malformed.append(
                    Malformed(external_id[:100], f"text that cannot be stored: {error}")
                )
                continue
            if b"\\u0000" in text:
                malformed.append(Malformed(external_id[:100], "text with a NUL character"))
                continue
            digest = blake2b(text, digest_size=16).hexdigest()
            folded = tuple(FOLDS[fold](row.get(source)) for _, source, fold in self._folded)
            modified = row.get("modified_at")
            base = (
                connection_id,
                external_id,
                _instant(modified) if self._sqlite else modified,
                digest,
                run_id,
                run_id,
                None,
                None,
                packed,
            )
            ready[external_id] = (digest, (*values, *folded, *base))
        return ready, malformed

    def save(
        self,
        connection: Connection,
        connection_id: str,
        rows: Sequence[Mapping[str, Any]],
        run_id: int,
    ) -> Saved:
        """Write what is new or changed; mark the rest as seen."""
        ready, malformed = self.prepare(connection_id, rows, run_id)
        if not ready:
            return Saved(0, 0, 0, tuple(malformed))
        known = self._hashes(connection, connection_id, list(ready))
        write = [values for key, (digest, values) in ready.items() if known.get(key) != digest]
        same = [key for key, (digest, _) in ready.items() if known.get(key) == digest]
        new = sum(key not in known for key in ready)
        if write:
            self._write(connection, write)
        reach("read.page-inside-save")
        if same:
            self._seen(connection, connection_id, same, run_id)
        return Saved(new, len(write) - new, len(same), tuple(malformed))

    def _cursor(self, connection: Connection) -> Any:
        return connection.connection.driver_connection.cursor()  # type: ignore[union-attr] # the raw driver

    def _hashes(self, connection: Connection, connection_id: str, ids: list[str]) -> dict[str, str]:
        cursor = self._cursor(connection)
        where = "IN (SELECT value FROM json_each(?))" if self._sqlite else "= ANY(%s)"
        mark = "?" if self._sqlite else "%s"
        # deleted rows are written again, so that a record that comes back is alive
        sql = (
            f"SELECT external_id, content_hash FROM {self._name} "  # noqa: S608
            f"WHERE connection_id = {mark} AND external_id {where} AND deleted_at IS NULL"
        )
        cursor.execute(sql, (connection_id, orjson.dumps(ids).decode() if self._sqlite else ids))
        found = dict(cursor.fetchall())
        cursor.close()
        return found

    def _write(self, connection: Connection, write: Sequence[Values]) -> None:
        cursor = self._cursor(connection)
        if self._sqlite:
            cursor.executemany(self._insert, write)
        else:
            cursor.execute("DROP TABLE IF EXISTS stage")
            cursor.execute(
                f"CREATE TEMP TABLE stage (LIKE {self._name} INCLUDING DEFAULTS) ON COMMIT DROP"
            )
            columns = ", ".join(f'"{c}"' for c in self._columns)
            with cursor.copy(f"COPY stage ({columns}) FROM STDIN") as copy:
                for values in write:
                    copy.write_row(values)
            cursor.execute(self._insert)
        cursor.close()

    def _seen(
        self, connection: Connection, connection_id: str, ids: list[str], run_id: int
    ) -> None:
        cursor = self._cursor(connection)
        mark = "?" if self._sqlite else "%s"
        where = "IN (SELECT value FROM json_each(?))" if self._sqlite else "= ANY(%s)"
        cursor.execute(
            f"UPDATE {self._name} SET last_seen_run = {mark}, absent_since_run = NULL "  # noqa: S608
            f"WHERE connection_id = {mark} AND external_id {where}",
            (run_id, connection_id, orjson.dumps(ids).decode() if self._sqlite else ids),
        )
        cursor.close()
