"""Decisions and their reasons, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact a decision rests on: where it stands in the subject, its value, what was tested."""

    path: str
    value: Any
    test: str = ""
    holds: bool | None = True


@dataclass(frozen=True, slots=True)
class Decision:
    """What one rule file said about one subject.

    `by` is the id of the deciding rule, or "otherwise" or "unknown". `bound` is the list item
    that the outcome names (the twin to link, the root a record waits for), or None. `code` is
    of the troubleshooting list, or RUL-20 / RUL-21.
    """

    decision: str
    outcome: str
    by: str
    code: str | None = None
    bound: Mapping[str, Any] | None = None
    fields: str | None = None
    unknown: tuple[str, ...] = ()

    @property
    def permissive(self) -> bool:
        """True when a positive rule took it; safe outcomes also come from nothing holding."""
        return self.by not in {"otherwise", "unknown"}


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision in words: sentence, place of the rule, evidence, nearest other outcome, fix."""

    decision: str
    outcome: str
    by: str
    code: str | None
    because: str
    place: str
    evidence: tuple[Evidence, ...] = ()
    nearest: str | None = None
    fix: str | None = None
    pack_hash: str = ""


@dataclass(frozen=True, slots=True)
class DecisionPoint:
    """A question that one rule file answers.

    `inputs` maps the name of an input to what it is: a canonical record type name, "list of
    <type>", or a mapping of field name -> FieldType for inputs the host assembles.
    """

    name: str
    title: str
    inputs: Mapping[str, Any]
    outcomes: tuple[str, ...]
    safe: str
    otherwise_free: bool = False
