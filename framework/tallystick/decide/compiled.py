"""A pack made ready to decide: derived literals, both matchers, the bounded memo."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tallystick.decide.atoms import (
    Test,
    atoms_of,
    compile_atom,
    compile_formula,
    evaluate,
    possible_items,
)
from tallystick.decide.engine import Engine, EngineFailed
from tallystick.decide.memo import Key, Memo
from tallystick.decide.model import FALSE, TRUE, UNKNOWN, Atom, Formula, Rule
from tallystick.decide.packs import Pack
from tallystick.decide.strategies import Verdict, in_doubt, resolve, sequence
from tallystick.decide.unknowns import Doubts, Naming, doubts_of
from tallystick.model.decision import Decision

Whole = Mapping[str, Any]
Numbers = frozenset[int]


class Compiled:
    """A pack made ready. A subject here is whole: with params and fixed inputs."""

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
        self.tests: list[Test] = [compile_formula(f) for f in self.literals]
        self.atoms = atom_tests(pack)
        self._where: dict[Atom, Test] = {
            a: compile_formula(a.where) for a in self.atoms if a.where is not None
        }
        self._doubts: dict[str, Doubts] = {}
        self._naming: dict[Atom, Naming] = {}
        self.memo: Memo[Verdict] = Memo()
        self.engine = Engine(pack.decision, members)
        self.order = sequence(pack)

    def values(self, whole: Whole) -> Key:
        """The truth of every derived literal."""
        return tuple([test(whole, whole) for test in self.tests])

    def verdict(self, key: Key, whole: Whole) -> Verdict:
        """The strategy's verdict on a key, remembered; `whole` is a subject with that key."""
        found = self.memo.get(key)
        if found is None:
            found = self._match(key, whole)
            if found.code != "RUL-21":  # an engine that failed is asked again
                self.memo.put(key, found)
        return found

    def decide(self, whole: Whole) -> Decision:
        """The decision on a whole subject; nothing about it was computed before."""
        return self.decision(self.verdict(self.values(whole), whole), whole)

    def reference(self, whole: Whole) -> tuple[Numbers, Numbers]:
        """The second matcher: rules that hold and rules that could, from the atoms alone."""
        return matching(self.pack, self.atoms, whole)

    def _match(self, key: Key, whole: Whole) -> Verdict:
        """Ask the engine and the reference; if they differ, or the engine errs, RUL-21."""
        holds, possible = self.reference(whole)
        try:
            found = self.engine.matching([v == TRUE for v in key])
            could = self.engine.matching([v != FALSE for v in key]) if UNKNOWN in key else found
        except EngineFailed:
            return in_doubt(self.pack, "RUL-21")
        if (found, could) != (holds, possible):
            return in_doubt(self.pack, "RUL-21")
        return resolve(self.pack, self.order, holds, possible)

    def decision(self, verdict: Verdict, whole: Whole) -> Decision:
        """A verdict as the decision on one subject: with its bound item and its code."""
        rule = verdict.rule
        if verdict.code is not None:
            return self._doubt(verdict, whole)
        if rule is None or rule.then.bind is None:
            code = code_of(rule, whole, None) if rule else None
            fields = rule.then.fields if rule else None
            return Decision(self.pack.decision, verdict.outcome, verdict.by, code, None, fields)
        items = self.possible_items(rule, whole)
        if verdict.outcome != self.pack.point.safe and not self._sure(verdict, items, whole):
            return self._doubt(replace(verdict, code="RUL-20"), whole)
        bound = items[-1] if items else None
        return Decision(
            self.pack.decision,
            verdict.outcome,
            verdict.by,
            code_of(rule, whole, bound),
            bound,
            rule.then.fields,
        )

    def _sure(self, verdict: Verdict, items: list[Whole], whole: Whole) -> bool:
        """True when it is one record, whatever the rules in doubt turn out."""
        found = [*items]
        for rival in verdict.rivals:
            found += self.possible_items(rival, whole)
        return bool(found) and all(item == found[0] for item in found)

    def possible_items(self, rule: Rule, whole: Whole) -> list[Whole]:
        """Items the outcome may speak of: the first that matches is last, after any in doubt."""
        return self.items_of(rule.binds[str(rule.then.bind)], whole)

    def items_of(self, atom: Atom, whole: Whole) -> list[Whole]:
        """Items of a list up to the first that matches, without those that do not."""
        return possible_items(self._where[atom], whole, whole.get(atom.path))

    def _doubt(self, verdict: Verdict, whole: Whole) -> Decision:
        rules = [self.pack.rules[n] for n in verdict.doubtful]
        if verdict.code == "RUL-20" and verdict.rule is not None:
            rules.append(verdict.rule)
        doubts = [self._doubts_of(rule) for rule in rules]
        tests = dict.fromkeys(fields for d in doubts for fields in d.tests)
        paths = [p for fields in tests for p in fields(whole, whole)]
        if not paths and verdict.code == "RUL-20":  # the answer is sure, its record is not
            paths = [p for d in doubts for fields in d.binds for p in fields(whole, whole)]
        return Decision(
            self.pack.decision,
            self.pack.point.safe,
            "unknown",
            verdict.code,
            unknown=tuple(dict.fromkeys(paths)),
        )

    def _doubts_of(self, rule: Rule) -> Doubts:
        found = self._doubts.get(rule.id)
        if found is None:
            found = self._doubts[rule.id] = doubts_of(rule, self._naming)
        return found

    def close(self) -> None:
        """Free the engine."""
        self.engine.close()


def atom_tests(pack: Pack) -> dict[Atom, Test]:
    """Every atom of a pack's rules as a function."""
    return {a: compile_atom(a) for r in pack.rules for a in atoms_of(r.when)}


def matching(pack: Pack, tests: Mapping[Atom, Test], whole: Whole) -> tuple[Numbers, Numbers]:
    """The reference matcher: rules that hold and rules that could, by `tests` of the atoms."""
    values = {atom: test(whole, whole) for atom, test in tests.items()}
    truths = [evaluate(rule.when, values) for rule in pack.rules]
    holds = frozenset(n for n, t in enumerate(truths) if t == TRUE)
    return holds, frozenset(n for n, t in enumerate(truths) if t != FALSE)


def code_of(rule: Rule, whole: Whole, bound: Whole | None) -> str | None:
    """The rule's code; a table picks by the value of a path, in turn."""
    code = rule.code
    while isinstance(code, Mapping):
        head, _, name = str(code["by"]).partition(".")
        source = bound if head == rule.then.bind else whole.get(head)
        value = source.get(name) if isinstance(source, Mapping) else None
        code = code.get(str(value)) if isinstance(value, str | int) else None
    return None if code is None else str(code)
