"""Steps of a history as plain values, and the file of a counterexample that people can read."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tallystick.decide.yamlnodes import ABSENT, Loader
from tallystick.model.operation import canonical_json
from tallystick.workbench.layout import flow, from_plain

FORMAT = "found/1"
NO_STEP_FAILS = "no-step-fails"
"""Always looked for: a step ends, is refused with a code, or a service did not answer."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens: what, with which words, and which fault strikes meanwhile.

    Logs and invoices are named by number, the oldest is 0; a number that nothing has does nothing.
    """

    name: str
    words: Mapping[str, Any] = field(default_factory=dict)
    fault: str | None = None

    def __str__(self) -> str:
        said = ", ".join(f"{k} {v}" for k, v in self.words.items())
        fault = f"   fault: {self.fault}" if self.fault else ""
        return f"{self.name:<18} {said}{fault}".rstrip()

    def plain(self) -> dict[str, Any]:
        """As a mapping of plain values."""
        fault = {"fault": self.fault} if self.fault else {}
        return {"step": self.name, **self.words, **fault}


def step_of(plain: Mapping[str, Any]) -> Step:
    """A step from the mapping that `plain` gives."""
    words = {k: v for k, v in plain.items() if k not in {"step", "fault"}}
    return Step(str(plain["step"]), words, plain.get("fault"))


def told(steps: Sequence[Step]) -> list[str]:
    """A history in numbered lines."""
    return [f"  {number} {step}" for number, step in enumerate(steps, 1)]


@dataclass(frozen=True, slots=True)
class Found:
    """A counterexample: the invariant that does not hold, and a subject or the steps to it.

    `test` names the test in Python that found it; where that says itself what is wrong, no rule
    file has an invariant of its name, and `decision` is empty.
    """

    invariant: str
    file: str
    decision: str
    message: str
    steps: tuple[Step, ...] = ()
    given: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    test: str = ""

    @property
    def name(self) -> str:
        """The invariant and a short hash of what leads to it."""
        body = canonical_json([[str(s.plain()) for s in self.steps], str(self.given)])
        return f"{self.invariant}-{hashlib.sha256(body.encode()).hexdigest()[:3]}"


def to_text(found: Found) -> str:
    """The counterexample as a YAML file."""
    head = [
        f"# {' '.join(found.message.split())}",
        "# Replay it: tallystick rules test THIS-FILE. Keep it: once the rule is right, it passes.",
        f"tallystick: {FORMAT}",
        f"invariant: {found.invariant}",
        *([f"decision: {found.decision}"] if found.decision else []),
        *([f"test: {found.test}"] if found.test else []),
        f"seed: {found.seed}",
    ]
    if found.steps:
        body = ["steps:", *(f"  - {flow(from_plain(s.plain()))}" for s in found.steps)]
    else:
        given = found.given.items()
        body = ["given:", *(f"  {name}: {flow(from_plain(_plain(v)))}" for name, v in given)]
    return "\n".join([*head, *body]) + "\n"


def _plain(value: Any) -> Any:
    """A subject's value as YAML says it: dates and amounts as text."""
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if value is None or value is ABSENT or isinstance(value, bool | int):
        return value
    return str(value)


def is_found(text: str) -> bool:
    """True for the text of a counterexample."""
    return any(line.startswith(f"tallystick: {FORMAT}") for line in text.splitlines()[:40])


def from_text(name: str, text: str) -> Found:
    """A counterexample from its file. Raises `RuleFileError` with the place."""
    loader = Loader(name, text)
    root = loader.documents()[0]
    of_test = isinstance(root.value, dict) and "test" in root.value
    for key in ("invariant",) if of_test else ("invariant", "decision"):
        if not isinstance(root.value, dict) or key not in root.value:
            raise loader.fail(f"The counterexample has no {key}.", root.mark)
    plain = root.plain()
    steps: Sequence[Any] = plain.get("steps") or ()
    if any(not isinstance(s, dict) or "step" not in s for s in steps):
        raise loader.fail("Each member of steps says which `step` it is.", root.mark)
    return Found(
        str(plain["invariant"]),
        name,
        str(plain.get("decision") or ""),
        "",
        tuple(step_of(s) for s in steps),
        plain.get("given") or {},
        int(plain.get("seed") or 0),
        str(plain.get("test") or ""),
    )
