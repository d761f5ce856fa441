"""What files in the state `shadow` would have decided otherwise, counted beside the live answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tallystick.decide.packs import Pack
from tallystick.model.decision import Decision

KINDS_MAX = 200
EXAMPLES_MAX = 3
_NAMES = ("external_id", "ref", "id", "number", "name")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one file said: outcome, code and deciding rule."""

    outcome: str
    code: str | None
    by: str


@dataclass(slots=True)
class Difference:
    """One kind of difference: how often, and a few records it was met on."""

    live: Answer
    shadow: Answer
    count: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Shadowed:
    """One shadow file beside the live ones: subjects asked, failures, differences by kind."""

    decision: str
    file: str
    hash: str
    asked: int = 0
    failed: int = 0
    differing: int = 0
    kinds: dict[tuple[Answer, Answer], Difference] = field(default_factory=dict)

    def note(self, live: Decision, shadow: Decision, subject: Mapping[str, Any]) -> None:
        """Count one subject; the same outcome by another rule is no difference."""
        self.asked += 1
        if _said(live) == _said(shadow):
            return
        self.differing += 1
        pair = (
            Answer(live.outcome, live.code, live.by),
            Answer(shadow.outcome, shadow.code, shadow.by),
        )
        kind = self.kinds.get(pair)
        if kind is None:
            if len(self.kinds) >= KINDS_MAX:
                return
            kind = self.kinds[pair] = Difference(*pair)
        kind.count += 1
        if len(kind.examples) < EXAMPLES_MAX:
            kind.examples.append(_record(subject))

    def plain(self) -> dict[str, Any]:
        """The report as plain data, most frequent differences first."""
        kinds = sorted(self.kinds.values(), key=lambda k: -k.count)
        return {
            "decision": self.decision,
            "file": self.file,
            "hash": self.hash,
            "asked": self.asked,
            "failed": self.failed,
            "differing": self.differing,
            "differences": [
                {
                    "live": _plain(k.live),
                    "shadow": _plain(k.shadow),
                    "count": k.count,
                    "examples": list(k.examples),
                }
                for k in kinds
            ],
        }


class ShadowLog:
    """The reports of one rulebook's shadow files; bounded, whatever is asked."""

    def __init__(self) -> None:
        self._by_file: dict[tuple[str, str], Shadowed] = {}

    def of(self, pack: Pack) -> Shadowed:
        """The report of one shadow file."""
        key = (pack.file, pack.hash)
        if key not in self._by_file:
            self._by_file[key] = Shadowed(pack.name, pack.file, pack.hash)
        return self._by_file[key]

    def reports(self) -> list[dict[str, Any]]:
        """Every report as plain data."""
        return [report.plain() for report in self._by_file.values()]


def _said(decision: Decision) -> tuple[Any, ...]:
    bound = None if decision.bound is None else decision.bound.get("id")
    return decision.outcome, decision.code, decision.fields, bound


def _plain(answer: Answer) -> dict[str, str | None]:
    return {"outcome": answer.outcome, "code": answer.code, "by": answer.by}


def _record(subject: Mapping[str, Any]) -> str:
    """The record a subject is about, as far as it says."""
    for value in subject.values():
        if isinstance(value, Mapping):
            for name in _NAMES:
                if value.get(name):
                    return str(value[name])
    return ""
