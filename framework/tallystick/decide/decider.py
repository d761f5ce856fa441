"""Deciding for a batch: what is equal for every subject is computed once."""

from collections.abc import Mapping
from typing import Any

from tallystick.decide.atoms import Test, atoms_of
from tallystick.decide.compiled import Compiled
from tallystick.decide.explain import explain, place_of
from tallystick.decide.memo import Key, Memo
from tallystick.decide.model import FALSE, Atom, Formula
from tallystick.decide.strategies import Verdict
from tallystick.model.decision import Decision, Explanation


class Decider:
    """One decision point with its parameters and the inputs that are equal for a whole batch."""

    def __init__(
        self,
        compiled: Compiled,
        params: Mapping[str, Any],
        fixed: Mapping[str, Any],
    ) -> None:
        self._compiled = compiled
        self._fixed: dict[str, Any] = {"params": dict(params), **fixed}
        heads = set(self._fixed)
        self._varying: list[tuple[int, Test]] = []
        self._template = [FALSE] * len(compiled.literals)
        for number, formula in enumerate(compiled.literals):
            if heads_of(formula) <= heads:
                self._template[number] = compiled.tests[number](self._fixed, self._fixed)
            else:
                self._varying.append((number, compiled.tests[number]))
        self._verdicts: Memo[Verdict] = Memo()

    def full(self, subject: Mapping[str, Any]) -> dict[str, Any]:
        """The subject with params and fixed inputs; what the subject says itself wins."""
        return {**self._fixed, **subject}

    def __call__(self, subject: Mapping[str, Any]) -> Decision:
        """Decide one subject."""
        whole = self.full(subject)
        return self._compiled.decision(self._verdict(subject, whole), whole)

    def collect(self, subject: Mapping[str, Any]) -> tuple[Decision, ...]:
        """Every decision of a `collect` file on one subject, in order; else the one there is."""
        whole = self.full(subject)
        verdict = self._verdict(subject, whole)
        if not verdict.held:
            return (self._compiled.decision(verdict, whole),)
        return tuple(
            self._compiled.decision(Verdict(r.then.outcome, r.id, r), whole) for r in verdict.held
        )

    def _verdict(self, subject: Mapping[str, Any], whole: Mapping[str, Any]) -> Verdict:
        if not self._fixed.keys().isdisjoint(subject):
            # the subject differs from the batch, so nothing that was computed for it counts
            return self._compiled.verdict(self._compiled.values(whole), whole)
        short = tuple([test(whole, whole) for _, test in self._varying])
        verdict = self._verdicts.get(short)
        if verdict is None:
            verdict = self._compiled.verdict(self._key(short), whole)
            if verdict.code != "RUL-21":
                self._verdicts.put(short, verdict)
        return verdict

    def _key(self, short: Key) -> Key:
        key = list(self._template)
        for (number, _), value in zip(self._varying, short, strict=True):
            key[number] = value
        return tuple(key)

    def explain(self, decision: Decision, subject: Mapping[str, Any]) -> Explanation:
        """The decision in words: sentence, evidence, place, fix, nearest other outcome."""
        return explain(self._compiled, decision, self.full(subject))

    def place(self, decision: Decision) -> str:
        """File and line of the deciding rule."""
        return place_of(self._compiled.pack, decision.by)


def heads_of(formula: Formula) -> set[str]:
    """The inputs that a formula reads."""
    return {head for atom in atoms_of(formula) for head in _heads(atom, item=False)}


def _heads(atom: Atom, *, item: bool) -> set[str]:
    found = set() if item else {atom.path.split(".")[0]}
    if atom.other is not None:
        found.add(atom.other.split(".")[0])
    if atom.where is not None:
        for inner in atoms_of(atom.where):
            found |= _heads(inner, item=True)
    return found
