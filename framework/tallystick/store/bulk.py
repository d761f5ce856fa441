"""The bulk path: hashes first, tuples to the driver, one upsert for each type, no objects."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
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


def _wrong(value: Any, wanted: str) -> TypeError:
    return TypeError(f"{wanted} was expected, not {type(value).__name__}")


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise _wrong(value, "text")


def _flag(value: Any) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise _wrong(value, "true or false")


def _whole(value: Any, limit: int) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong(value, "a whole number")
    if not -limit <= value < limit:
        raise ValueError("a number is too large")
    return value


def _small(value: Any) -> int | None:
    return _whole(value, 2**31)


def _large(value: Any) -> int | None:
    return _whole(value, 2**63)


def _aware(value: Any) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise _wrong(value, "an instant with its zone")
    return value.astimezone(UTC)


def _instant(value: Any) -> str | None:
    found = _aware(value)
    return None if found is None else f"{found:%Y-%m-%d %H:%M:%S.%f}"


def _day(value: Any) -> date | None:
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    raise _wrong(value, "a date")


def _date(value: Any) -> str | None:
    found = _day(value)
    return None if found is None else found.isoformat()


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _external_id(value: Any) -> str:
    """Ids are text; a binary float has lost digits of it already."""
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise _wrong(value, "an id")
    return str(value)


_CONVERT: dict[str, Callable[[Any], Any]] = {
    "BigInteger": _large,
    "Boolean": _flag,
    "Date": _day,
    "DateTime": _aware,
    "Integer": _small,
    "JSON": _json,
}
_CONVERT_SQLITE: dict[str, Callable[[Any], Any]] = {"Date": _date, "DateTime": _instant}


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
        self._absent: dict[tuple[str, ...], list[str]] = {}
        self._shapes: dict[tuple[str, ...], Callable[[Mapping[str, Any]], Values]] = {}
        self._insert = self._insert_sql()
        self._name = f'"{self._table.name}"'
        self._convert = _CONVERT | (_CONVERT_SQLITE if sqlite else {})

    def _insert_sql(self) -> str:
        name = f'"{self._table.name}"'
        columns = ", ".join(f'"{c}"' for c in self._columns)
        keep = {"connection_id", "external_id", "first_seen_run"}
        update = ", ".join(f'"{c}" = excluded."{c}"' for c in self._columns if c not in keep)
        conflict = f'ON CONFLICT ("connection_id", "external_id") DO UPDATE SET {update}'
        if self._sqlite:
            marks = ", ".join("?" * len(self._columns))
            return f"INSERT INTO {name} ({columns}) VALUES ({marks}) {conflict}"  # noqa: S608
        return f"INSERT INTO {name} ({columns}) SELECT {columns} FROM pg_temp.stage {conflict}"  # noqa: S608

    def _missing(self, keys: tuple[str, ...]) -> list[str]:
        """Content columns that rows with these keys do not have."""
        found = self._absent.get(keys)
        if found is None:
            found = self._absent[keys] = [n for n in self.content if n not in keys]
        return found

    def _shape(self, keys: tuple[str, ...]) -> Callable[[Mapping[str, Any]], Values]:
        """A function that takes the content columns out of rows with these keys."""
        found = self._shapes.get(keys)
        if found is not None:
            return found
        present = set(keys)
        parts = []
        names: dict[str, Any] = {}
        for name in self.content:
            kind = self._table.columns[name].type.__class__.__name__
            empty = repr("[]" if name in self._lists else "{}") if kind == "JSON" else "None"
            if name in present:
                convert = self._convert.get(kind, _text)
                names[convert.__name__] = convert
                value = f"{convert.__name__}(r[{name!r}])"
                if convert is _text:  # most columns: text and nothing need no call
                    value = f"(v if type(v := r[{name!r}]) is str or v is None else {value})"
                parts.append(f"({value} or {empty})" if kind == "JSON" else value)
            else:
                parts.append(empty)
        source = f"lambda r: ({', '.join(parts)},)"
        made: Callable[[Mapping[str, Any]], Values] = eval(source, names)  # noqa: S307 - column names of our own classes
        self._shapes[keys] = made
        return made

    def prepare(
        self, connection_id: str, rows: Sequence[Mapping[str, Any]], run_id: int
    ) -> tuple[dict[str, tuple[str, Values]], list[Malformed]]:
        """Rows as (hash, driver tuple) by external id; the last of equal ids wins."""
        ready: dict[str, tuple[str, Values]] = {}
        malformed: list[Malformed] = []
        instant = self._convert["DateTime"]
        for row in rows:
            raw = row.get("external_id")
            extra = row.get("extra") or {}
            keys = tuple(row)
            missing = self._missing(keys)
            if missing:
                extra = {**extra, "_absent": missing}
            try:
                external_id = _external_id(raw)
                values = self._shape(keys)(row)
                modified = instant(row.get("modified_at"))
                text = orjson.dumps((external_id, values, extra), option=orjson.OPT_SORT_KEYS)
                packed = orjson.dumps(extra).decode() if extra else "{}"
            except (TypeError, ValueError) as error:
                malformed.append(Malformed(_shown(raw), f"cannot be stored: {error}"))
                continue
            if b"\\u0000" in text:
                malformed.append(Malformed(_shown(raw), "text with a NUL character"))
                continue
            digest = blake2b(text, digest_size=16).hexdigest()
            folded = tuple(FOLDS[fold](row.get(source)) for _, source, fold in self._folded)
            base = (
                connection_id,
                external_id,
                modified,
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

    def _among(self, ids: list[str]) -> tuple[str, Any]:
        """A condition that an id is one of these, and its parameter."""
        if self._sqlite:
            return "IN (SELECT value FROM json_each(?))", orjson.dumps(ids).decode()
        return "= ANY(%s)", ids

    def _hashes(self, connection: Connection, connection_id: str, ids: list[str]) -> dict[str, str]:
        where, among = self._among(ids)
        mark = "?" if self._sqlite else "%s"
        # deleted rows are written again, so that a record that comes back is alive
        sql = (
            f"SELECT external_id, content_hash FROM {self._name} "  # noqa: S608
            f"WHERE connection_id = {mark} AND external_id {where} AND deleted_at IS NULL"
        )
        found = connection.exec_driver_sql(sql, (connection_id, among))
        return {row[0]: row[1] for row in found}

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

    def _seen(
        self, connection: Connection, connection_id: str, ids: list[str], run_id: int
    ) -> None:
        where, among = self._among(ids)
        mark = "?" if self._sqlite else "%s"
        connection.exec_driver_sql(
            f"UPDATE {self._name} SET last_seen_run = {mark}, absent_since_run = NULL "  # noqa: S608
            f"WHERE connection_id = {mark} AND external_id {where}",
            (run_id, connection_id, among),
        )


def _shown(raw: Any) -> str:
    """An id that may be anything, as a short text that can be shown and stored."""
    return str(raw)[:100].replace("\0", "").encode(errors="replace").decode()
