"""The shipped rule files, and short ways to ask them."""

from collections.abc import Mapping
from typing import Any

from tallystick.decide import Pack, Rulebook, RuleSource, load_rulebook
from tallystick.decide.points import POINTS
from tallystick.model.decision import Decision
from tallystick.records.catalogue import catalogue
from tallystick.resources import default_rules
from tallystick.workbench.subjects import subject_of

TYPES = catalogue()


def sources(origin: str = "shipped") -> list[RuleSource]:
    """The texts of the shipped files."""
    return [
        RuleSource(f.name, f.read_text(encoding="utf-8"), origin)
        for f in sorted(default_rules().glob("*.yaml"))
        if f.name not in {"policies.yaml", "matching.yaml"}
    ]


BOOK: Rulebook = load_rulebook(sources(), TYPES, POINTS)
PACKS: tuple[Pack, ...] = tuple(BOOK.packs.values())


def ask(decision: str, **given: Any) -> Decision:
    """The decision of a shipped file on its base with some inputs changed."""
    pack = BOOK.packs[decision]
    return BOOK.decider(decision)(subject_of(pack, given))


def bound_id(decision: Decision) -> Any:
    """The id of the record an outcome speaks of."""
    bound: Mapping[str, Any] = decision.bound or {}
    return bound.get("id")
