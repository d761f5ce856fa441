"""Time logs by position: those of the world, computed or not, with what changed laid over them.

A log's position never changes and is its id; lists are in order of date, then position.
"""

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from tallystick.simulator.world_large import PROJECTS, LargeLogs
from tallystick.simulator.world_parts import Log

from tallystick_zoho_projects.simulator.records import Changes, Mark, Records

_FIRST_ID = 4700 * 10**14
_KEPT = 8
Stamp = tuple[int, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What logs a list asks for; None means any. `by_change` lets the days be those of change."""

    projects: frozenset[str]
    kind: str | None = None
    parent: str | None = None
    first: date | None = None
    last: date | None = None
    by_change: bool = False
    owners: frozenset[str] | None = None
    billable: bool | None = None
    approvals: frozenset[str] | None = None
    text: str = ""
    invoiced: bool | None = None

    def fits(self, log: Log, day: date) -> bool:
        """True for a log, its invoice apart; `day` is the day that the period is about."""
        return (
            log.project_key in self.projects
            and (self.kind is None or log.kind == self.kind)
            and (self.parent is None or self.parent in (log.task_key, log.bug_key))
            and (self.first is None or day >= self.first)
            and (self.last is None or day <= self.last)
            and (self.owners is None or log.person_key in self.owners)
            and (self.billable is None or log.billable == self.billable)
            and (self.approvals is None or log.approval in self.approvals)
            and self.text in log.notes.casefold()
        )

    def is_a_range(self) -> bool:
        """True when only kind, days and projects are asked for."""
        rest = (self.parent, self.owners, self.billable, self.approvals)
        return not self.text and all(value is None for value in rest)


class Laid:
    """Positions of the world without some and with some more, read at any place in no time.

    `more` has (how many of the kept world's positions come before it, position), in order.
    """

    def __init__(
        self, base: Sequence[int], gone: Sequence[int], more: Sequence[tuple[int, int]]
    ) -> None:
        self._base = base
        self._jumps = [place - n for n, place in enumerate(gone)]
        self._more = [position for _, position in more]
        self._places = [before + n for n, (before, _) in enumerate(more)]

    def __len__(self) -> int:
        return len(self._base) - len(self._jumps) + len(self._more)

    def at(self, index: int) -> int:
        """The position at a place of the list."""
        earlier = bisect_left(self._places, index)
        if earlier < len(self._places) and self._places[earlier] == index:
            return self._more[earlier]
        place = index - earlier
        return self._base[place + bisect_left(self._jumps, place + 1)]

    def part(self, start: int, size: int) -> list[int]:
        """Some positions in order."""
        return [self.at(n) for n in range(start, min(start + size, len(self)))]


class Logbook:
    """The logs of all portals."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._world = records.world
        self._kept: dict[Wanted, Sequence[int]] = {}
        self._laid: dict[Wanted, tuple[Changes, Stamp, Laid]] = {}
        self._totals: dict[str, list[int]] = {}
        self._numbers = {p.key: n for n, p in enumerate(self._world.projects)}
        self._order: Sequence[int] = range(self._world.log_count)
        if not isinstance(self._world.logs, LargeLogs):
            self._order = sorted(self._order, key=self._place)
            for log in self._world.iter_logs():
                if log.task_key is not None:
                    pair = self._totals.setdefault(log.task_key, [0, 0])
                    pair[not log.billable] += log.minutes

    def _place(self, position: int) -> tuple[date, int]:
        return self._world.log_at(position).work_date, position

    @staticmethod
    def id_of(position: int) -> str:
        """The id of the log at a position."""
        return str(_FIRST_ID + position)

    def position(self, log_id: str) -> int | None:
        """The position of a log that exists, by its id."""
        if not (log_id.isascii() and log_id.isdigit() and len(log_id) == len(str(_FIRST_ID))):
            return None
        position = int(log_id) - _FIRST_ID
        changes = self._records.changes
        there = 0 <= position < self._world.log_count + changes.added
        return position if there and position not in changes.deleted else None

    def log(self, position: int) -> Log:
        """The log at a position, as it is now."""
        return self._records.changes.logs.get(position) or self._world.log_at(position)

    def mark(self, position: int, log: Log | None = None) -> Mark:
        """When and by whom a log was made; one of the world at 18:00 of its day, in its portal.

        A log that was read already saves reading it again.
        """
        found = self._records.changes.marks.get(position)
        if found is not None:
            return found
        log = log or self.log(position)
        zone = self._records.zone(self._records.projects[log.project_key].portal_key)
        made = datetime.combine(log.work_date, time(18), zone)
        return Mark(made, made, log.person_key)

    def add(self, log: Log, mark: Mark) -> int:
        """Keep a new log; its position."""
        changes = self._records.changes
        position = self._world.log_count + changes.added
        changes.added += 1
        changes.edits += 1
        changes.logs[position] = log
        changes.marks[position] = mark
        return position

    def change(self, position: int, now: datetime, values: dict[str, Any]) -> None:
        """Change a log."""
        mark = self.mark(position)
        self._records.changes.edits += 1
        self._records.changes.logs[position] = replace(self.log(position), **values)
        fields = dict(mark.fields)
        self._records.changes.marks[position] = replace(mark, modified=now, fields=fields)

    def invoice(self, position: int, invoice_id: str, now: datetime) -> None:
        """Mark a log as invoiced; without an id, as not invoiced."""
        self.change(position, now, {})
        if invoice_id:
            self._records.changes.invoiced[position] = invoice_id
        else:
            self._records.changes.invoiced.pop(position, None)

    def delete(self, position: int) -> None:
        """Let a log be gone."""
        self._records.changes.deleted.add(position)
        self._records.changes.edits += 1

    def bring_back(self, log_id: str, now: datetime) -> int | None:
        """Undo a deletion, which counts as a change; the position, None when nothing was."""
        gone = self._records.changes.deleted
        position = next((n for n in gone if self.id_of(n) == log_id), None)
        if position is not None:
            gone.discard(position)
            self.change(position, now, {})
        return position

    def minutes_of(self, task_key: str) -> tuple[int, int]:
        """Billable and other minutes on a task; of a computed world only those that changed."""
        changes, totals = self._records.changes, list(self._totals.get(task_key, (0, 0)))
        for position in {*changes.logs, *changes.deleted}:
            if position < self._world.log_count:
                old = self._world.log_at(position)
                if old.task_key == task_key and self._totals:
                    totals[not old.billable] -= old.minutes
            if position not in changes.deleted:
                log = self.log(position)
                if log.task_key == task_key:
                    totals[not log.billable] += log.minutes
        return totals[0], totals[1]

    def select(self, wanted: Wanted) -> Laid:
        """Positions of the logs that are asked for, found again only after a change."""
        changes = self._records.changes
        stamp = (changes.edits, tuple(changes.zones.items()))
        held = self._laid.get(wanted)
        if held is None or held[0] is not changes or held[1] != stamp:
            while len(self._laid) >= _KEPT:
                del self._laid[next(iter(self._laid))]
            held = self._laid[wanted] = (changes, stamp, self._selected(wanted))
        return held[2]

    def _selected(self, wanted: Wanted) -> Laid:
        changes = self._records.changes
        base = self._base(wanted)
        touched = sorted(n for n in {*changes.logs, *changes.deleted} if n < self._world.log_count)
        places = ((self._spot(base, n), n) for n in touched)
        gone = sorted(place for place, n in places if place < len(base) and base[place] == n)
        more = sorted(
            (self.log(n).work_date, n)
            for n in changes.logs
            if n not in changes.deleted and self._fits(wanted, n)
        )
        before = [self._spot(base, n, day) for day, n in more]
        ranks = [index - bisect_left(gone, index) for index in before]
        return Laid(base, gone, [(rank, n) for rank, (_, n) in zip(ranks, more, strict=True)])

    def _spot(self, base: Sequence[int], position: int, day: date | None = None) -> int:
        """Where a log is among positions of the world, or would be if it were of that day."""
        known = position < self._world.log_count
        own = self._world.log_at(position).work_date if known else None
        if own is not None and day in (None, own) and isinstance(self._world.logs, LargeLogs):
            return bisect_left(base, position)
        return bisect_left(base, (day or own, position), key=self._place)

    def _fits(self, wanted: Wanted, position: int) -> bool:
        log = self.log(position)
        day = log.work_date
        if wanted.by_change:
            zone = self._records.zone(self._records.projects[log.project_key].portal_key)
            day = self.mark(position).modified.astimezone(zone).date()
        invoiced = position in self._records.changes.invoiced
        return wanted.fits(log, day) and wanted.invoiced in (None, invoiced)

    def _base(self, wanted: Wanted) -> Sequence[int]:
        """Positions of the world's own logs: they change on their days and have no invoice."""
        if wanted.invoiced:
            return ()
        logs = self._world.logs
        few = len(wanted.projects) <= 1 or wanted.projects >= self._numbers.keys()
        if few and isinstance(logs, LargeLogs) and wanted.is_a_range():
            return self._stretch(logs, wanted)
        if wanted not in self._kept:
            while len(self._kept) >= _KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[wanted] = array("q", self._searched(wanted))
        return self._kept[wanted]

    def _searched(self, wanted: Wanted) -> list[int]:
        logs, order = self._world.logs, self._order
        if isinstance(logs, LargeLogs):
            order = self._stretch(logs, wanted)
        found = ((n, self._world.log_at(n)) for n in order)
        return [n for n, log in found if wanted.fits(log, log.work_date)]

    def _stretch(self, logs: LargeLogs, wanted: Wanted) -> range:
        """Positions of a computed world between two days; of one project, if it is one."""
        # The day after the last one is asked for, and the last day of time has none.
        last = None if wanted.last == date.max else wanted.last
        days = logs.positions(wanted.kind, wanted.first, last)
        known = wanted.projects & self._numbers.keys()
        if not known:
            return range(0)
        if len(known) > 1:
            return days
        residue = self._numbers[next(iter(known))]
        return range(days.start + (residue - days.start) % PROJECTS, days.stop, PROJECTS)
