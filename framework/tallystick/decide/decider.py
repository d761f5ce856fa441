"""Deciding for a batch: what is equal for every subject is computed once."""

from collections.abc import Callable, Mapping
from itertools import dropwhile, takewhile
from typing import TYPE_CHECKING, Any

from tallystick.decide.compiled import Compiled
from tallystick.decide.explain import because, explain, place_of
from tallystick.decide.packs import Pack
from tallystick.decide.specialised import Specialised
from tallystick.decide.strategies import Verdict
from tallystick.model.decision import Decision, Explanation

_CALL = "__call__"


class Decider:
    """One decision point with its parameters and the inputs that are equal for a whole batch.

    Calling it decides one subject. What is called is the generated function itself, kept on the
    instance: a method that passes the call on would take as long as the decision.
    """

    __slots__ = (_CALL, "_compiled", "_fixed", "_places", "_sentences", "specialised")

    if TYPE_CHECKING:

        def __call__(self, subject: Mapping[str, Any]) -> Decision:
            """Decide one subject."""
            ...

    def __init__(
        self,
        compiled: Compiled,
        params: Mapping[str, Any],
        fixed: Mapping[str, Any],
    ) -> None:
        self._compiled = compiled
        self._fixed: dict[str, Any] = {"params": dict(params), **fixed}
        self._sentences = {r.id: r.because for r in compiled.pack.rules if "{" not in r.because}
        self._places: dict[str, str] = {}
        self.specialised: Specialised | None = None
        self._install(self._first)

    def _first(self, subject: Mapping[str, Any]) -> Decision:
        """The first decision; a decider that only explains is never specialised."""
        self.specialised = Specialised(self._compiled, self._fixed, self._install)
        return self(subject)

    def _install(self, decide: Callable[[Mapping[str, Any]], Decision]) -> None:
        setattr(self, _CALL, decide)

    @property
    def pack(self) -> Pack:
        """The file that decides."""
        return self._compiled.pack

    def full(self, subject: Mapping[str, Any]) -> dict[str, Any]:
        """The subject with params and fixed inputs; what the subject says itself wins."""
        return {**self._fixed, **subject}

    def collect(self, subject: Mapping[str, Any]) -> tuple[Decision, ...]:
        """Every decision of a `collect` file on one subject, in order; else the one there is."""
        whole = self.full(subject)
        verdict = self._compiled.verdict(self._compiled.values(whole), whole)
        if not verdict.held:
            return (self._compiled.decision(verdict, whole),)
        return tuple(
            self._compiled.decision(Verdict(r.then.outcome, r.id, r), whole) for r in verdict.held
        )

    def reasons(self, decision: Decision, subject: Mapping[str, Any]) -> tuple[Decision, ...]:
        """The decision, and what the rules behind it say alike: every reason, in order (R-100).

        Those count that hold, up to the first rule with another outcome: what stands behind that
        one is for what is left over.
        """
        whole = self.full(subject)
        holds, _ = self._compiled.reference(whole)
        rules = [(n, self.pack.rules[n]) for n in self._compiled.order]
        behind = list(dropwhile(lambda pair: pair[1].id != decision.by, rules))[1:]
        alike = takewhile(lambda pair: pair[1].then.outcome == decision.outcome, behind)
        found = [Verdict(r.then.outcome, r.id, r) for n, r in alike if n in holds]
        return (decision, *(self._compiled.decision(verdict, whole) for verdict in found))

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
