"""Deciding for a batch: what is equal for every subject is computed once."""

from collections.abc import Mapping, Sequence
from typing import Any

from tallystick.decide.cells import Fields, heads_of, value_paths
from tallystick.decide.compiled import Compiled
from tallystick.decide.explain import because, explain, place_of
from tallystick.decide.memo import Key, Memo
from tallystick.decide.model import FALSE
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
        self._template = [FALSE] * len(compiled.literals)
        single: dict[tuple[str, ...], list[int]] = {}
        several: list[int] = []
        for number, formula in enumerate(compiled.literals):
            if heads_of(formula) <= heads:
                self._template[number] = compiled.tests[number](self._fixed, self._fixed)
            elif paths := value_paths(formula, heads):
                single.setdefault(paths, []).append(number)
            else:
                several.append(number)
        self._fields = [Fields(p, numbers, compiled.tests) for p, numbers in single.items()]
        self._several = [(number, compiled.tests[number]) for number in several]
        self._numbers = [n for field in self._fields for n in field.numbers] + several
        self._verdicts: Memo[Verdict] = Memo()
        self._sentences = {r.id: r.because for r in compiled.pack.rules if "{" not in r.because}
        self._places: dict[str, str] = {}

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
        cells = [field.cell(whole) for field in self._fields]
        rest = [test(whole, whole) for _, test in self._several]
        short = (*cells, *rest)
        verdict = self._verdicts.get(short)
        if verdict is None:
            verdict = self._compiled.verdict(self._key(cells, rest), whole)
            if verdict.code != "RUL-21":
                self._verdicts.put(short, verdict)
        return verdict

    def _key(self, cells: Sequence[int], rest: Sequence[int]) -> Key:
        """The truth of every derived literal, from the cells of the fields and the rest."""
        key = list(self._template)
        truths = [v for f, c in zip(self._fields, cells, strict=True) for v in f.truths(c)]
        for number, value in zip(self._numbers, [*truths, *rest], strict=True):
            key[number] = value
        return tuple(key)

    def explain(
        self, decision: Decision, subject: Mapping[str, Any], *, advice: bool = True
    ) -> Explanation:
        """The decision in words: sentence, evidence, place, fix, nearest other outcome."""
        return explain(self._compiled, decision, self.full(subject), advice=advice)

    def because(self, decision: Decision, subject: Mapping[str, Any]) -> str:
        """The sentence of the explanation alone."""
        known = self._sentences.get(decision.by)
        if known is not None:
            return known
        return because(self._compiled, decision, self.full(subject))

    def place(self, decision: Decision) -> str:
        """File and line of the deciding rule."""
        found = self._places.get(decision.by)
        if found is None:
            found = self._places[decision.by] = place_of(self._compiled.pack, decision.by)
        return found
