"""Which entries share a line of a bill, and what the line is called (R-148)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Entry:
    """One time entry with its rate per hour (None: no rate).

    `apart` is the id of the rule that sets it apart from other work; empty when none does.
    """

    source_id: str
    work_date: date
    minutes: int
    task_id: str
    task_name: str
    user_id: str
    user_name: str
    rate: Decimal | None
    notes: str = ""
    apart: str = ""


Group = tuple[str | Decimal | None, ...]
"""What entries of one line have in common."""
_GROUPS: Mapping[str, Callable[[Entry], Group]] = {
    "single_line": lambda _e: ("",),
    "all_entries": lambda e: (e.source_id,),
    "by_task": lambda e: (e.task_id,),
    "by_user": lambda e: (e.user_id,),
    "by_task_user": lambda e: (e.task_id, e.user_id),
}


def group_of(entry: Entry, grouping: str) -> Group:
    """What an entry has in common with the others of its line.

    Entries that one rule sets apart share a line for each price, whatever grouping is chosen.
    """
    if entry.apart:
        return ("apart", entry.apart, entry.rate)
    return _GROUPS[grouping](entry)


def _apart_name(rule: str) -> str:
    """The name of a line of work set apart: the rule's id as words, "Bug work" for `bug-work`."""
    words = re.sub(r"[-_.\s]+", " ", rule).strip()
    return words[:1].upper() + words[1:]


def line_name(first: Entry, grouping: str) -> str:
    """What a line is called, after its first entry; at most 100 characters."""
    if first.apart:
        return _apart_name(first.apart)[:100]
    names = {
        "single_line": "Work on the project",
        "by_user": first.user_name or "Work",
        "by_task_user": f"{first.task_name}, {first.user_name}".rstrip(", "),
    }
    return names.get(grouping, first.task_name)[:100]
