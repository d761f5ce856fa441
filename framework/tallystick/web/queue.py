"""The error queue as the page shows it: causes, and a tree of what waits for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from tallystick.app.entry_answers import ANSWERS
from tallystick.app.results_records import Candidate, ErrorView

_SELF = frozenset({"W"})
_TREE_MAX = 40
_WORDS = {
    "new": "It is new work",
    "same": "It is the same work",
    "reopen": "Bill it after all",
    "accept": "Leave it as invoiced",
}
_CHOICES = {code: tuple((a, _WORDS[a]) for a in answers) for code, answers in ANSWERS.items()}


@dataclass(frozen=True, slots=True)
class Branch:
    """One record that waits, or a group of entries; `minutes` is the time that waits with it."""

    title: str
    type: str
    code: str
    minutes: int
    count: int = 1
    branches: tuple["Branch", ...] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    """One cause on the page, with the customers it asks about."""

    error: ErrorView
    branches: tuple[Branch, ...]
    candidates: Sequence[Candidate] = ()
    wrong: str | None = None
    """What was wrong with the answer that was just sent."""

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """What can be answered about a time entry, as (answer, words); the given one left out."""
        given = self.error.answer
        if self.error.code not in _CHOICES or (self.error.closed_at is not None and not given):
            return ()
        left = tuple(c for c in _CHOICES[self.error.code] if c[0] != given)
        return (*left, ("undo", "Take the answer back")) if given else left

    @property
    def waits(self) -> bool:
        """True when it waits for another error, which is the one to settle."""
        return self.error.root_id not in {None, self.error.id}

    @property
    def badge(self) -> tuple[str, str]:
        """Whose turn it is, as (colour, words)."""
        if self.error.closed_at is not None:
            return "ok", "Settled"
        if self.error.answered:
            return "ok", "Answered"
        if self.waits:
            return "warn", "Waits for its cause"
        if needs_you(self.error):
            return "bad", "Needs you"
        if self.error.kind == "warn":
            return "warn", "Asks you" if self.choices else "To know"
        return "info", "Retries itself"

    @property
    def waiting(self) -> int:
        """Records that wait for this cause."""
        return sum(self.error.waiting.values())

    @property
    def hidden(self) -> int:
        """Waiting records that the tree leaves out."""
        return max(0, self.waiting - sum(map(_size, self.branches)))


def _size(branch: Branch) -> int:
    return branch.count + sum(map(_size, branch.branches))


def needs_you(error: ErrorView) -> bool:
    """True unless the error only warns, was answered, or is tried again by itself."""
    return error.severity not in _SELF and error.retry_at is None and error.answered is None


@dataclass(frozen=True, slots=True)
class Queue:
    """Open errors of one integration, by what they are."""

    PAGE: ClassVar[int] = 10
    roots: tuple[ErrorView, ...]
    held: tuple[ErrorView, ...]
    asking: tuple[ErrorView, ...]
    """Warnings about entries that a person may answer."""
    waiting: Mapping[int, tuple[ErrorView, ...]]

    @classmethod
    def of(cls, errors: Sequence[ErrorView]) -> Self:
        """Sort errors into causes, what waits for each, and what is held by itself."""
        waiting: dict[int, list[ErrorView]] = {}
        for error in errors:
            if error.kind == "cascade" and error.root_id is not None:
                waiting.setdefault(error.root_id, []).append(error)
        return cls(
            tuple(e for e in errors if e.kind == "root"),
            tuple(e for e in errors if e.kind == "held"),
            tuple(e for e in errors if e.kind == "warn" and e.code in _CHOICES),
            {root: tuple(children) for root, children in waiting.items()},
        )

    @property
    def records_waiting(self) -> int:
        """Records that wait for a cause."""
        return sum(sum(e.waiting.values()) for e in self.roots)

    def children(self, root: ErrorView) -> tuple[ErrorView, ...]:
        """What waits for a cause, as far as it was listed."""
        return self.waiting.get(root.id, ())

    def count(self, show: str) -> int:
        """Causes under one filter."""
        return len(self.chosen(show, None))

    def chosen(self, show: str, module: str | None) -> tuple[ErrorView, ...]:
        """Causes that need a person ("you"), that go on by themselves ("self"), or all.

        With a module: causes of it, and causes that keep records of it back.
        """
        return tuple(
            e
            for e in self.roots
            if (show not in {"you", "self"} or needs_you(e) == (show == "you"))
            and (module is None or module in {e.module, *(c.module for c in self.children(e))})
        )


def tree(
    root: ErrorView, children: Sequence[ErrorView], *, most: int = _TREE_MAX
) -> tuple[Branch, ...]:
    """What waits, under what it waits for; time entries of one parent are one line.

    A record whose own cause is not among those shown hangs on the root.
    """
    shown = [c for c in children if c.id != root.id][:most]
    known = {c.record for c in shown}
    below: dict[str, list[ErrorView]] = {}
    for child in shown:
        parent = (
            child.cause if child.cause in known and child.cause != child.record else root.record
        )
        below.setdefault(str(parent), []).append(child)
    return _grow(root.record, below, frozenset())


def _grow(
    record: str, below: Mapping[str, Sequence[ErrorView]], above: frozenset[str]
) -> tuple[Branch, ...]:
    found = [c for c in below.get(record, ()) if c.record not in above]
    entries = [c for c in found if c.record.startswith("time_entry:")]
    others = [c for c in found if not c.record.startswith("time_entry:")]
    branches = [
        Branch(
            c.record_title,
            c.record.partition(":")[0],
            c.code,
            c.minutes,
            branches=_grow(c.record, below, above | {record}),
        )
        for c in others
    ]
    if entries:
        minutes = sum(e.minutes for e in entries)
        branches.append(Branch("", "time_entry", entries[0].code, minutes, count=len(entries)))
    return tuple(branches)
