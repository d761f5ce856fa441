"""Rows of other systems as the values that a driver takes, checked column by column."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Table

Values = tuple[Any, ...]
Taken = tuple[str, Values, Any, Any]
"""External id, content, time of the last change, `extra`."""


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
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def _instant(value: Any) -> str | None:
    found = _aware(value)
    return None if found is None else _written_instant(found)


@lru_cache(maxsize=8192)
def _written_instant(value: datetime) -> str:
    return value.isoformat(" ", "microseconds")[:26]


def _day(value: Any) -> date | None:
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    raise _wrong(value, "a date")


def _date(value: Any) -> str | None:
    # what is no date may be no key of a look-up either
    return _written(value) if type(value) is date else _written_slowly(value)


def _written_slowly(value: Any) -> str | None:
    found = _day(value)
    return None if found is None else found.isoformat()


_written = lru_cache(maxsize=8192)(_written_slowly)


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _external_id(value: Any) -> str:
    """Ids are text; a binary float has lost digits of it already."""
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise _wrong(value, "an id")
    return str(value)


Convert = Callable[[Any], Any]
_CONVERT: dict[str, Convert] = {
    "BigInteger": _large,
    "Boolean": _flag,
    "Date": _day,
    "DateTime": _aware,
    "Integer": _small,
    "JSON": _json,
}
_CONVERT_SQLITE: dict[str, Convert] = {"Date": _date, "DateTime": _instant}
_NOTHING = "(v := r[{name!r}]) is None"
_SURE = {
    _text: "type(v := r[{name!r}]) is str or v is None",
    _date: _NOTHING,
    _day: _NOTHING,
    _instant: _NOTHING,
    _aware: _NOTHING,
    _flag: "(v := r[{name!r}]) is None or v is True or v is False",
    _small: "(v := r[{name!r}]) is None or (type(v) is int and -2147483648 <= v < 2147483648)",
}
"""Conversions that change nothing, and when that is seen without calling them."""


class Shape:
    """Rows that have the same keys: how their values are taken, and which columns they lack."""

    __slots__ = ("absent", "extra", "packed", "size", "take")

    def __init__(
        self, size: int, take: Callable[[Mapping[str, Any]], Taken], absent: list[str]
    ) -> None:
        self.size = size
        self.take = take
        self.absent = absent
        self.extra: dict[str, Any] = {"_absent": absent} if absent else {}
        self.packed = orjson.dumps(self.extra).decode()

    def taken(self, row: Mapping[str, Any]) -> Taken | None:
        """What a row comes to; None when it has other keys than these."""
        try:
            return self.take(row) if len(row) == self.size else None
        except KeyError:
            return None

    def filled(self, extra: Mapping[str, Any]) -> Mapping[str, Any]:
        """The `extra` of a row that has one."""
        return {**extra, **self.extra} if self.absent else extra


class Shapes:
    """The shapes of one table's rows; `lists` are JSON columns that are empty lists by default."""

    def __init__(self, of: Table, content: Sequence[str], lists: set[str], *, sqlite: bool) -> None:
        self._table = of
        self._content = tuple(content)
        self._lists = lists
        self._convert = _CONVERT | (_CONVERT_SQLITE if sqlite else {})
        self._made: dict[tuple[str, ...], Shape] = {}

    def of(self, row: Mapping[str, Any]) -> Shape:
        """The shape of a row."""
        keys = tuple(row)
        found = self._made.get(keys)
        if found is None:
            found = self._made[keys] = self._make(frozenset(keys))
        return found

    def _make(self, present: frozenset[str]) -> Shape:
        names: dict[str, Any] = {"_external_id": _external_id}
        parts = [self._part(name, names, present=name in present) for name in self._content]
        identity = self._taken("external_id", _external_id, names, present)
        changed = self._taken("modified_at", self._convert["DateTime"], names, present)
        extra = "r['extra']" if "extra" in present else "None"
        source = f"lambda r: ({identity}, ({', '.join(parts)},), {changed}, {extra})"
        take: Callable[[Mapping[str, Any]], Taken] = eval(source, names)  # noqa: S307 - column names of our own classes
        return Shape(len(present), take, [n for n in self._content if n not in present])

    def _part(self, name: str, names: dict[str, Any], *, present: bool) -> str:
        kind = type(self._table.columns[name].type).__name__
        empty = repr("[]" if name in self._lists else "{}") if kind == "JSON" else "None"
        if not present:
            return empty
        convert = self._convert.get(kind, _text)
        names[convert.__name__] = convert
        if convert in _SURE:
            return f"(v if {_SURE[convert].format(name=name)} else {convert.__name__}(v))"
        value = f"{convert.__name__}(r[{name!r}])"
        return f"({value} or {empty})" if kind == "JSON" else value

    @staticmethod
    def _taken(name: str, convert: Convert, names: dict[str, Any], present: frozenset[str]) -> str:
        names[convert.__name__] = convert
        return f"{convert.__name__}({f'r[{name!r}]' if name in present else 'None'})"
