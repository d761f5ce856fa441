"""Short histories that a hunt begins with: between them, each fault and each habit once.

The order and the company in which they come are drawn, so that no two seeds try the same.
"""

from collections.abc import Collection, Iterator, Sequence
from random import Random
from typing import Any, TypeVar

from tallystick.testing.faulty import CRASHES, PAGE_FAULTS, READ_FAULTS, WRITE_FAULTS
from tallystick.testing.steps import Step

T = TypeVar("T")
BILL_FAULTS: tuple[str, ...] = (*WRITE_FAULTS, *CRASHES)
"""Faults that can strike a bill."""
SYNC_FAULTS: tuple[str, ...] = (*PAGE_FAULTS, *WRITE_FAULTS, *READ_FAULTS, *CRASHES)
"""Faults that can strike a sync."""
RULE_CHANGES: tuple[dict[str, Any], ...] = (
    {"file": "cutoff", "param": "late_backdated", "value": "unbilled"},
    {"file": "cutoff", "param": "late_backdated", "value": "hold"},
    {"file": "qualification", "param": "require_approval", "value": "false"},
    {"file": "qualification", "param": "reentry", "value": "off"},
)
"""Other defaults that people give to params."""


def _log(day: str, minutes: int = 60, *, billable: bool = True, approval: str = "approved") -> Step:
    words = {"day": day, "minutes": minutes, "billable": billable, "approval": approval}
    return Step("log", words)


_CUTOFF = "2026-07-01"
_WORK = (
    _log(_CUTOFF),
    _log("2026-07-02", 30, billable=False),
    _log(_CUTOFF, 90, approval="pending"),
    _log("2026-06-30"),
    _log("2026-07-04", approval="rejected"),
)
_BILLED = (_log(_CUTOFF), _log("2026-07-03", 90), _log("2026-07-21", 1))
_SYNC, _BILL, _VOID = Step("sync"), Step("bill"), Step("void", {"invoice": 0})
_QUIET = (_SYNC, _SYNC)
_OFF = (_SYNC, Step("disable"), _log(_CUTOFF, 1), _SYNC, _BILL, Step("enable"))
_AWAY = (Step("remove client"), _SYNC, Step("restore client"))
_NAMED = tuple(
    Step("rename", {"side": side, "kind": kind, "to": "Renamed"})
    for side, kind in (("portal", "project"), ("accounts", "contact"), ("accounts", "task"))
)
_HABITS: tuple[tuple[Step, ...], ...] = (
    (_NAMED[0], _BILL, *_QUIET),
    _OFF,
    (*_AWAY, _BILL),
    (Step("change log", {"log": 1, "approval": "approved"}), *_QUIET),
    (Step("bill by hand"), _BILL),
    (_VOID, *_OFF),
    (_NAMED[1], _SYNC, Step("delete by hand", {"invoice": 0}), _SYNC, _BILL),
    (_AWAY[0], _BILL, _SYNC),
    (Step("void by hand", {"invoice": 0}), _SYNC, _BILL, Step("revive by hand", {"invoice": 0})),
    (Step("change rules", RULE_CHANGES[0]), *_OFF),
    (Step("delete log", {"log": 1}), _BILL, *_QUIET),
    (_VOID, _NAMED[2], _SYNC, _BILL),
    (Step("change rules", RULE_CHANGES[1]), *_AWAY, *_QUIET, _AWAY[0]),
)


def openings(random: Random, faults: Collection[str]) -> Iterator[tuple[Step, ...]]:
    """Work, a sync that reads badly, work, a sync and a bill that are struck, and what then."""
    reads = [f for f in (*PAGE_FAULTS, *READ_FAULTS) if f in faults]
    writes = [f for f in BILL_FAULTS if f in faults]
    most = max(len(reads), len(writes), len(_HABITS))
    drawn = zip(
        _turns(random, _WORK, most),
        _turns(random, reads, most),
        _turns(random, _BILLED, most),
        _turns(random, writes, most),
        _turns(random, writes, most),
        _turns(random, _HABITS, most),
        strict=True,
    )
    for first, read, second, at_sync, at_bill, habit in drawn:
        synced = (first, Step("sync", fault=read), second, Step("sync", fault=at_sync))
        yield (*synced, Step("bill", fault=at_bill), *habit)


def _turns(random: Random, members: Sequence[T], number: int) -> list[T | None]:
    """So many of them, each once before any comes again, in an order that is drawn."""
    found: list[T | None] = []
    while len(found) < number:
        found += random.sample(members, len(members)) or [None] * number
    return found[:number]
