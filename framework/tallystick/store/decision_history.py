"""Decisions as they stand, read in bulk: the newest of each record at one decision point."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, String, cast, func, or_, select, tuple_

from tallystick.model.record import RecordKey
from tallystick.store.database import Database, aware, plain_rows, table
from tallystick.store.decisions import Led

_PAGE = 2000
_KEY = ("connection_id", "type", "external_id", "id")
_COLUMNS = (
    *_KEY,
    "integration",
    "decision",
    "outcome",
    "by",
    "code",
    "place",
    "because",
    "subject",
    "pack_hash",
    "versions",
    "at",
    "led_by",
)


class Standing(NamedTuple):
    """The newest stored decision about a record at one decision point.

    `whole` is true when the subject holds all that the rules could have seen, else it holds what
    the rules of that time named. `version` is the content hash of the record then.
    """

    key: RecordKey
    integration: str
    outcome: str
    by: str
    code: str | None
    pack_hash: str
    subject: dict[str, Any]
    version: str
    whole: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class RuleHits:
    """How many stored decisions one rule took, and when the last was stored."""

    decision: str
    by: str
    count: int
    last: datetime


class DecisionHistory:
    """Reads the decisions that were stored; writes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def standing(self, decision: str, *, since: datetime | None = None) -> Iterator[Standing]:
        """The newest decision of each record, in the order of the records' ids.

        With `since` only those that were stored at that instant or later.
        """
        newest: tuple[RecordKey, dict[str, Any], Led] | None = None
        for row in self._rows(decision):
            led = next((d for d in _taken(row) if d.decision == decision), None)
            if led is None:
                continue
            key = RecordKey(row["connection_id"], row["type"], row["external_id"])
            if newest is not None and newest[0] != key:
                yield from _standing(*newest, since)
            newest = key, row, led
        if newest is not None:
            yield from _standing(*newest, since)

    def hits(self) -> list[RuleHits]:
        """Stored decisions by decision point and deciding rule."""
        of = table("decision")
        led = cast(of.c.led_by, String)
        key = (of.c.decision, of.c.by, led)
        query = select(*key, func.count(), func.max(of.c.at)).group_by(*key)
        found: dict[tuple[str, str], tuple[int, datetime]] = {}
        with self._database.read() as connection:
            rows = list(connection.execute(query))
        for decision, by, text, count, last in rows:
            for name in ((decision, by), *_led_names(text)):
                known = found.get(name)
                at = aware(last)
                found[name] = (known[0] + count, max(known[1], at)) if known else (count, at)
        return [RuleHits(*name, count, at) for name, (count, at) in sorted(found.items())]

    def _rows(self, decision: str) -> Iterator[dict[str, Any]]:
        """Rows that took a decision, those of one record together, the newest of it last."""
        of = table("decision")
        named: ColumnElement[bool] = or_(
            of.c.decision == decision, cast(of.c.led_by, String).like(f'%"{decision}"%')
        )
        place = tuple_(*(of.c[n] for n in _KEY))
        base = select(*(of.c[n] for n in _COLUMNS)).where(named).order_by(*(of.c[n] for n in _KEY))
        last: tuple[Any, ...] | None = None
        while True:
            query = base if last is None else base.where(place > last)
            with self._database.read() as connection:
                rows = plain_rows(connection.execute(query.limit(_PAGE)).mappings())
            yield from rows
            if len(rows) < _PAGE:
                return
            last = tuple(rows[-1][n] for n in _KEY)


def _taken(row: dict[str, Any]) -> Iterator[Led]:
    """The decisions of a row: its own, then those that led to it."""
    yield Led(row["decision"], row["outcome"], row["by"], row["code"], row["pack_hash"])
    yield from map(Led._make, row["led_by"] or ())


def _standing(
    key: RecordKey, row: dict[str, Any], led: Led, since: datetime | None
) -> Iterator[Standing]:
    if since is not None and row["at"] < since:
        return
    yield Standing(
        key,
        row["integration"],
        led.outcome,
        led.by,
        led.code,
        led.pack_hash,
        row["subject"] or {},
        str((row["versions"] or {}).get(str(key), "")),
        bool(row["place"] or row["because"]),
        row["at"],
    )


def _led_names(text: str | None) -> list[tuple[str, str]]:
    return [(led.decision, led.by) for led in map(Led._make, _parsed(text))]


def _parsed(text: str | None) -> list[list[Any]]:
    found: list[list[Any]] = json.loads(text) if text else []
    return found or []
