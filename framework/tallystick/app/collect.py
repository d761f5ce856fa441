"""Where planning's results gather until the plan is stored."""

from dataclasses import dataclass, field

from tallystick.model.operation import Operation
from tallystick.plan.context import EntryState, Issue, Taken


@dataclass(slots=True)
class Collected:
    """A plan in the making: operations, issues, decisions worth storing, states, counts."""

    operations: list[Operation] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    decisions: list[Taken] = field(default_factory=list)
    states: list[EntryState] = field(default_factory=list)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    def operation(self, operation: Operation) -> None:
        """Take the next operation."""
        self.operations.append(operation)
        self.count(operation.module, "planned")

    def issue(self, issue: Issue) -> None:
        """Take a record with a reason."""
        self.issues.append(issue)

    def taken(self, taken: Taken) -> None:
        """Take a decision; that a parent is there says nothing worth keeping."""
        if taken.decision.decision == "record.push" and taken.decision.outcome == "push":
            return
        self.decisions.append(taken)

    def entry(self, state: EntryState) -> None:
        """Take the billing state of an entry."""
        self.states.append(state)

    def count(self, module: str, what: str, number: int = 1) -> None:
        """Count something in a module."""
        counts = self.counts.setdefault(module, {})
        counts[what] = counts.get(what, 0) + number
