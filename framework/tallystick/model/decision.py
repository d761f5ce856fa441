"""Decisions and their reasons, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tallystick.model.catalogue import Projection


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

    `inputs` maps the name of an input to its `tallystick.model.catalogue.Input`. `safe` is the
    outcome that no rule is needed for; with `otherwise_free` a file may end with another one.
    """

    name: str
    title: str
    inputs: Mapping[str, Any]
    outcomes: tuple[str, ...]
    safe: str
    otherwise_free: bool = False
    about: str = ""
    """Where a subject says which record type it is about; `=` names the only one."""
    asked_of: str = ""
    """For a plugin's: the record type of whose every record the host asks it in a sync."""
    meanings: Mapping[str, str] = field(default_factory=dict)
    """What an outcome means, in words."""
    strategies: tuple[str, ...] = ()
    """The strategies that a file may use, its default first; none named allows them all."""
    derived: Mapping[str, Projection] = field(default_factory=dict)
    """Lists among the inputs that plugins derive from the subject; set by the host."""

    @property
    def type_place(self) -> str:
        """Where a subject says its record type, as `about`."""
        return self.about or (f"={self.asked_of}" if self.asked_of else "")
