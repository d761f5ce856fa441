"""Deciding: atoms of a subject, both matchers on a new key, a bounded memo, the strategy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tallystick.decide.atoms import (
    Test,
    atoms_of,
    compile_atom,
    compile_formula,
    evaluate,
)
from tallystick.decide.engine import Engine, EngineFailed
from tallystick.decide.explain import explain, place_of
from tallystick.decide.model import FALSE, TRUE, UNKNOWN, Atom, Formula, Rule
from tallystick.decide.packs import Pack
from tallystick.model.decision import Decision, Explanation

MEMO_MAX = 16_384
Key = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the strategy made of one key: outcome, deciding rule or otherwise or unknown."""

    outcome: str
    by: str
    rule: Rule | None = None
    doubtful: tuple[int, ...] = ()


class Memo:
    """Two generations of verdicts: least recently used in effect, bounded."""

    def __init__(self) -> None:
        self._young: dict[Key, Verdict] = {}
        self._old: dict[Key, Verdict] = {}

    def get(self, key: Key) -> Verdict | None:
        """A remembered verdict."""
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is not None:
                self.put(key, found)
        return found

    def put(self, key: Key, verdict: Verdict) -> None:
        """Remember a verdict."""
        if len(self._young) >= MEMO_MAX:
            self._old, self._young = self._young, {}
        self._young[key] = verdict

    def __len__(self) -> int:
        return len(self._young) + len(self._old)


class Compiled:
    """A pack made ready: derived literals as functions, the engine, the memo."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.literals: list[Formula] = []
        numbers: dict[Formula, int] = {}
        members: list[list[int]] = []
        for rule in pack.rules:
            parts = rule.when.parts if rule.when.op == "and" else (rule.when,)
            for part in parts:
                if part not in numbers:
                    numbers[part] = len(self.literals)
                    self.literals.append(part)
            members.append([numbers[p] for p in parts])
        self.members = members
        self.tests: list[Test] = [compile_formula(f) for f in self.literals]
        self.where: dict[Atom, Test] = {
            a: compile_formula(a.where) for r in pack.rules for a in r.binds.values() if a.where
        }
        self.atoms: dict[Atom, Test] = {
            a: compile_atom(a) for r in pack.rules for a in atoms_of(r.when)
        }
        self.memo = Memo()
        self.engine = Engine(pack.decision, members)
        self.sequence = _sequence(pack)

    def values(self, subject: Mapping[str, Any]) -> Key:
        """The truth of every derived literal."""
        return tuple([test(subject, subject) for test in self.tests])

    def verdict(self, key: Key, whole: Mapping[str, Any]) -> Verdict:
        """The strategy's verdict on a key, remembered; `whole` is a subject with that key."""
        found = self.memo.get(key)
        if found is None:
            found = self._match(key, whole)
            self.memo.put(key, found)
        return found

    def reference(self, whole: Mapping[str, Any]) -> tuple[frozenset[int], frozenset[int]]:
        """The second matcher: rules that hold and rules that could, from the atoms alone."""
        values = {a: test(whole, whole) for a, test in self.atoms.items()}
        truths = [evaluate(rule.when, values) for rule in self.pack.rules]
        holds = frozenset(n for n, t in enumerate(truths) if t == TRUE)
        return holds, frozenset(n for n, t in enumerate(truths) if t != FALSE)

    def _match(self, key: Key, whole: Mapping[str, Any]) -> Verdict:
        """Ask the engine and the reference; if they differ, or the engine errs, RUL-21."""
        holds, possible = self.reference(whole)
        try:
            engine_holds = self.engine.matching([v == TRUE for v in key])
            engine_possible = (
                self.engine.matching([v != FALSE for v in key]) if UNKNOWN in key else engine_holds
            )
        except EngineFailed:
            return Verdict(self.pack.point.safe, "unknown", None, (-1,))
        if (engine_holds, engine_possible) != (holds, possible):
            return Verdict(self.pack.point.safe, "unknown", None, (-1,))
        return self._resolve(holds, possible, key)

    def _resolve(self, holds: frozenset[int], possible: frozenset[int], key: Key) -> Verdict:
        pack = self.pack
        doubtful: list[int] = []
        decided: Verdict | None = None
        for number in self.sequence:
            if number not in possible:
                continue
            rule = pack.rules[number]
            if number in holds:
                decided = Verdict(rule.then.outcome, rule.id, rule)
                break
            doubtful.append(number)
        if decided is None:
            decided = Verdict(pack.otherwise, "otherwise")
        if pack.strategy == "unique" and len(holds) > 1:
            return Verdict(pack.point.safe, "unknown", None, (-2,))
        if all(self._agrees(pack.rules[n], decided) for n in doubtful):
            return decided
        unknown = tuple(m for n in doubtful for m in self.members[n] if key[m] == UNKNOWN)
        return Verdict(pack.point.safe, "unknown", None, tuple(dict.fromkeys(unknown)))

    def _agrees(self, rule: Rule, decided: Verdict) -> bool:
        """A rule in doubt changes nothing if its whole outcome is the same, or both are safe."""
        if rule.then.outcome == decided.outcome == self.pack.point.safe:
            return True
        return decided.rule is not None and rule.then == decided.rule.then and not rule.then.bind

    def close(self) -> None:
        """Free the engine."""
        self.engine.close()


def _sequence(pack: Pack) -> list[int]:
    """The order of evaluation; under deny_overrides safe outcomes stand in front."""
    numbers = list(range(len(pack.rules)))
    if pack.strategy == "deny_overrides":
        numbers.sort(key=lambda n: pack.rules[n].then.outcome != pack.point.safe)
    return numbers


class Decider:
    """One decision point with its parameters and the inputs that are equal for a whole batch."""

    def __init__(
        self,
        compiled: Compiled,
        params: Mapping[str, Any],
        fixed: Mapping[str, Any],
    ) -> None:
        self._compiled = compiled
        self._fixed = {"params": dict(params), **fixed}
        heads = set(self._fixed)
        self._constant: dict[int, int] = {}
        self._varying: list[tuple[int, Test]] = []
        for number, formula in enumerate(compiled.literals):
            if _heads(formula) <= heads:
                self._constant[number] = compiled.tests[number](self._fixed, self._fixed)
            else:
                self._varying.append((number, compiled.tests[number]))
        self._template = [self._constant.get(n, FALSE) for n in range(len(compiled.literals))]
        self._verdicts: dict[Key, Verdict] = {}

    def full(self, subject: Mapping[str, Any]) -> dict[str, Any]:
        """The subject with params and fixed inputs."""
        return {**self._fixed, **subject}

    def __call__(self, subject: Mapping[str, Any]) -> Decision:
        """Decide one subject."""
        whole = {**self._fixed, **subject}
        short = tuple([test(whole, whole) for _, test in self._varying])
        verdict = self._verdicts.get(short)
        if verdict is None:
            verdict = self._miss(short, whole)
        return self._decision(verdict, whole)

    def _miss(self, short: Key, whole: Mapping[str, Any]) -> Verdict:
        key = list(self._template)
        for (number, _), value in zip(self._varying, short, strict=True):
            key[number] = value
        verdict = self._compiled.verdict(tuple(key), whole)
        if len(self._verdicts) >= MEMO_MAX:
            self._verdicts.clear()
        self._verdicts[short] = verdict
        return verdict

    def _decision(self, verdict: Verdict, whole: Mapping[str, Any]) -> Decision:
        pack, rule = self._compiled.pack, verdict.rule
        if rule is None:
            if verdict.by != "unknown":
                return Decision(pack.decision, verdict.outcome, verdict.by)
            return self._in_doubt(verdict)
        bound = self._bound(rule, whole) if rule.then.bind else None
        return Decision(
            pack.decision,
            verdict.outcome,
            verdict.by,
            code_of(rule, whole, bound),
            bound,
            rule.then.fields,
        )

    def _in_doubt(self, verdict: Verdict) -> Decision:
        pack = self._compiled.pack
        special = {(-1,): "RUL-21", (-2,): "RUL-10"}.get(verdict.doubtful)
        fields = () if special else self._unknown_fields(verdict.doubtful)
        return Decision(
            pack.decision, verdict.outcome, "unknown", special or "RUL-20", unknown=fields
        )

    def _unknown_fields(self, numbers: Sequence[int]) -> tuple[str, ...]:
        found = [a.path for n in numbers for a in atoms_of(self._compiled.literals[n])]
        return tuple(dict.fromkeys(found))

    def _bound(self, rule: Rule, whole: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The first matching item of the list that the outcome names."""
        return bound_item(rule.binds[str(rule.then.bind)], self._compiled.where, whole)

    def explain(self, decision: Decision, subject: Mapping[str, Any]) -> Explanation:
        """The decision in words: sentence, evidence, place, fix, nearest other outcome."""
        return explain(self, self._compiled, decision, self.full(subject))

    def place(self, decision: Decision) -> str:
        """File and line of the deciding rule."""
        return place_of(self._compiled.pack, decision.by)


def _heads(formula: Formula) -> set[str]:
    """The inputs that a formula reads."""
    found: set[str] = set()
    for atom in atoms_of(formula):
        found.add(atom.path.split(".")[0])
        if atom.other is not None:
            found.add(atom.other.split(".")[0])
        if atom.where is not None:
            for inner in atoms_of(atom.where):
                if inner.other is not None:
                    found.add(inner.other.split(".")[0])
    return found


def bound_item(
    atom: Atom, where: Mapping[Atom, Test], whole: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    """The first item of a list for which the atom's condition holds."""
    for item in whole.get(atom.path) or ():
        test = where.get(atom)
        if test is None or test(whole, item) == TRUE:
            found: Mapping[str, Any] = item
            return found
    return None


def code_of(rule: Rule, whole: Mapping[str, Any], bound: Mapping[str, Any] | None) -> str | None:
    """The rule's code; a table picks by the value of a path, in turn."""
    code = rule.code
    while isinstance(code, Mapping):
        head, _, name = str(code["by"]).partition(".")
        source = bound if head == rule.then.bind else whole.get(head)
        code = code.get(str((source or {}).get(name)))
    return None if code is None else str(code)
