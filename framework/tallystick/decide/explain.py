"""Decisions explained, when they are shown or stored: sentence, evidence, place, fix."""

from collections.abc import Iterator, Mapping
from typing import Any

from tallystick.decide.atoms import (
    LISTS,
    compile_formula,
    count_items,
    getter,
)
from tallystick.decide.compiled import Compiled
from tallystick.decide.model import TRUE, UNKNOWN, Atom, Formula, Rule, literal
from tallystick.decide.nearest import nearest
from tallystick.decide.packs import Pack
from tallystick.decide.wording import amount, fill, sentence
from tallystick.decide.yamlnodes import ABSENT
from tallystick.model.decision import Decision, Evidence, Explanation

Whole = Mapping[str, Any]
Literal = tuple[Atom, bool]
_NEAREST_MAX = 2
_SHOWN_MAX = 12


def place_of(pack: Pack, by: str) -> str:
    """File and line of a rule, or of the pack."""
    line = next((r.line for r in pack.rules if r.id == by), pack.line)
    return f"{pack.file}:{line}"


def because(compiled: Compiled, decision: Decision, whole: Whole) -> str:
    """The sentence of an explanation, without the work of the rest."""
    rule = next((r for r in compiled.pack.rules if r.id == decision.by), None)
    if rule is None:
        return _without_rule(compiled.pack, decision)
    bound = decision.bound or _bound(compiled, rule, whole)
    return fill(rule.because, rule, whole, bound, compiled.pack.types)


def explain(
    compiled: Compiled, decision: Decision, whole: Whole, *, advice: bool = True
) -> Explanation:
    """The decision in words, with evidence and, as `advice`, the nearest other outcome.

    Looking for the nearest outcome takes some fifty decisions, so what explains many does without.
    """
    pack = compiled.pack
    rule = next((r for r in pack.rules if r.id == decision.by), None)
    bound = None if rule is None else decision.bound or _bound(compiled, rule, whole)
    return Explanation(
        decision.decision,
        decision.outcome,
        decision.by,
        decision.code,
        fill(rule.because, rule, whole, bound, pack.types)
        if rule
        else _without_rule(pack, decision),
        place_of(pack, decision.by),
        tuple(
            _evidence(pack, atom, whole, sign=sign)
            for atom, sign in _literals(pack, rule, decision, whole)
        )
        or (_nearly(pack, decision, whole) if advice else ()),
        nearest(compiled, decision, whole) if advice and decision.by != "unknown" else None,
        fill(rule.fix, rule, whole, bound, pack.types) if rule and rule.fix else None,
        pack.hash,
    )


def _nearly(pack: Pack, decision: Decision, whole: Whole) -> tuple[Evidence, ...]:
    """For the answer of no rule: the conditions of the rules that lack least for another one.

    A rule that wants the same outcome would change nothing, so it is shown where no other is.
    """
    if decision.by != "otherwise":
        return ()
    other = [r for r in pack.rules if r.then.outcome != decision.outcome]
    lacking = [(_lacking(r.when, whole), r) for r in other or pack.rules]
    least = min((number for number, _ in lacking), default=0)
    near = [r for number, r in lacking if number == least][:_NEAREST_MAX]
    shown = dict.fromkeys(leaf for r in near for leaf in _leaves(r.when))
    rows = [_evidence(pack, atom, whole, sign=sign) for atom, sign in shown]
    return tuple(sorted(rows, key=lambda e: e.holds is True))[:_SHOWN_MAX]


def _lacking(formula: Formula, whole: Whole) -> int:
    """How many conditions of a rule do not hold."""
    parts = formula.parts if formula.op == "and" else (formula,)
    return sum(compile_formula(p)(whole, whole) != TRUE for p in parts)


def _without_rule(pack: Pack, decision: Decision) -> str:
    if decision.by == "otherwise":
        return f"No rule of {pack.file} allows it, so the answer is {decision.outcome}."
    if decision.code == "RUL-10":
        return "Two rules hold, and only one may; so the answer is the safe one."
    if decision.unknown:
        return f"{', '.join(decision.unknown)} is not known, and it could change the answer."
    return "The rule engine could not answer, so the record is held."


def _bound(compiled: Compiled, rule: Rule, whole: Whole) -> Whole | None:
    """The item that the sentences speak of, also where the outcome names none."""
    for atom in rule.binds.values():
        items = compiled.items_of(atom, whole)
        if items:
            return items[-1]
    return None


def _literals(pack: Pack, rule: Rule | None, decision: Decision, whole: Whole) -> Iterator[Literal]:
    """The conditions an explanation shows: of the deciding rule, or of the rules in doubt (I-18).

    Each stands as the rule has it, so that one that holds is what the rule wants.
    """
    if rule is not None:
        yield from dict.fromkeys(_leaves(rule.when))
        return
    unknown = set(decision.unknown)
    seen: set[Literal] = set()
    for other in pack.rules:
        doubtful = compile_formula(other.when)(whole, whole) == UNKNOWN
        for atom, sign in _leaves(other.when):
            named = {p for p in unknown if p in {atom.path, atom.other}}
            in_items = any(p.startswith(f"{atom.path}.") for p in unknown) and atom.kind == "q"
            if (atom, sign) not in seen and (doubtful or named or in_items):
                seen.add((atom, sign))
                yield atom, sign


def _leaves(formula: Formula) -> Iterator[Literal]:
    """The tests of a formula in order, each with the sign it has there."""
    if formula.atom is not None:
        yield formula.atom, formula.sign
    for part in formula.parts:
        yield from _leaves(part)


def _evidence(pack: Pack, atom: Atom, whole: Whole, *, sign: bool) -> Evidence:
    value = getter(atom.path)(whole)
    result = compile_formula(literal(atom, sign=sign))(whole, whole)
    if value is ABSENT:
        value = "absent"
    elif atom.currency is not None:
        value = amount(value, getter(atom.currency)(whole))
    elif atom.kind == "q":
        value = _counted(atom, value, whole)
    holds = None if result == UNKNOWN else result == TRUE
    test = sentence(atom, sign=sign, kind=pack.types.field(atom.path))
    return Evidence(atom.path, value, test, holds)


def _counted(atom: Atom, items: Any, whole: Whole) -> str | None:
    """How many items match, in words."""
    if not isinstance(items, LISTS) or atom.where is None:
        return None
    sure, maybe = count_items(compile_formula(atom.where), whole, items)
    return f"{sure} of {len(items)} match" + (f", {maybe} in doubt" if maybe else "")
