"""Decisions in words, made when they are shown or stored."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from tallystick.decide.atoms import atoms_of, compile_atom, getter
from tallystick.decide.model import TRUE, UNKNOWN, Atom, Rule
from tallystick.decide.packs import Pack
from tallystick.decide.yamlnodes import ABSENT
from tallystick.model.decision import Decision, Evidence, Explanation

_PLACE = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)*)\}")
_NEAREST_MAX = 60
_FIXED_FIELDS = ("type", "module", "external_id", "connection_id", "id", "state", "late")


def place_of(pack: Pack, by: str) -> str:
    """File and line of a rule, or of the pack."""
    line = next((r.line for r in pack.rules if r.id == by), pack.line)
    return f"{pack.file}:{line}"


def explain(
    decider: Any, compiled: Any, decision: Decision, whole: Mapping[str, Any]
) -> Explanation:
    """The decision in words, with evidence and the nearest other outcome."""
    pack: Pack = compiled.pack
    rule = next((r for r in pack.rules if r.id == decision.by), None)
    if rule is None:
        return _without_rule(decider, pack, decision, whole)
    bound = decision.bound or _bound_for(compiled, rule, whole)
    return Explanation(
        decision.decision,
        decision.outcome,
        decision.by,
        decision.code,
        fill(rule.because, rule, whole, bound),
        place_of(pack, rule.id),
        tuple(_evidence(atom, whole) for atom in atoms_of(rule.when)),
        nearest(decider, pack, decision, whole),
        fill(rule.fix, rule, whole, bound) if rule.fix else None,
        pack.hash,
    )


def _without_rule(
    decider: Any, pack: Pack, decision: Decision, whole: Mapping[str, Any]
) -> Explanation:
    if decision.by == "otherwise":
        because = f"No rule of {pack.file} allows it, so the answer is {decision.outcome}."
    elif decision.unknown:
        because = f"{', '.join(decision.unknown)} is not known, and it could change the answer."
    else:
        because = "The rule engine could not answer, so the record is held."
    near = nearest(decider, pack, decision, whole) if decision.by == "otherwise" else None
    return Explanation(
        decision.decision,
        decision.outcome,
        decision.by,
        decision.code,
        because,
        place_of(pack, ""),
        (),
        near,
        None,
        pack.hash,
    )


def _bound_for(compiled: Any, rule: Rule, whole: Mapping[str, Any]) -> Mapping[str, Any] | None:
    for atom in rule.binds.values():
        test = compiled.where.get(atom)
        for item in whole.get(atom.path) or ():
            if test is None or test(whole, item) == TRUE:
                found: Mapping[str, Any] = item
                return found
    return None


def fill(text: str, rule: Rule, whole: Mapping[str, Any], bound: Mapping[str, Any] | None) -> str:
    """A sentence with the values of its braces."""

    def value(match: re.Match[str]) -> str:
        head, _, name = match.group(1).partition(".")
        if head in rule.binds:
            found = (bound or {}).get(name)
        else:
            found = getter(match.group(1))(whole)
        return "nothing" if found is None or found is ABSENT else str(found)

    return _PLACE.sub(value, text)


def _evidence(atom: Atom, whole: Mapping[str, Any]) -> Evidence:
    value = getter(atom.path)(whole)
    if atom.kind == "q":
        value = f"{len(value or ())} items" if value is not ABSENT else ABSENT
    result = compile_atom(atom)(whole, whole)
    holds = None if result == UNKNOWN else result == TRUE
    return Evidence(atom.path, "absent" if value is ABSENT else value, sentence(atom), holds)


def sentence(atom: Atom) -> str:
    """A test in words."""
    other = atom.other if atom.other is not None else atom.value
    words = {
        "eq": f"is {other}",
        "lt": f"is before {other}" if isinstance(atom.value, date) else f"is below {other}",
        "le": f"is at most {other}",
        "present": "is present",
        "blank": "is blank",
        "same": f"is the same as {other}" + (f" as {atom.fold}" if atom.fold else ""),
        "inlist": f"is in {other}",
    }
    if atom.kind == "q":
        operator, number = atom.test or ("ge", 1)
        names = {
            "eq": "exactly",
            "ge": "at least",
            "le": "at most",
            "gt": "more than",
            "lt": "fewer than",
            "ne": "not",
        }
        return f"has {names[operator]} {number} that match"
    return words[atom.kind]


def nearest(decider: Any, pack: Pack, decision: Decision, whole: Mapping[str, Any]) -> str | None:
    """The smallest change of one field that gives another outcome, in words."""
    if decision.by == "unknown":
        return None
    for tried, (path, value) in enumerate(_candidates(pack, decision, whole)):
        if tried >= _NEAREST_MAX:
            break
        changed = _with(whole, path, value)
        other: Decision = decider(changed)
        if other.outcome != decision.outcome and other.by != "unknown":
            return f"would be {other.outcome} if {path} were {_words(value)}"
    return None


def _words(value: Any) -> str:
    return "nothing" if value is None else str(value)


def _candidates(
    pack: Pack, decision: Decision, whole: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    """Values to try: literals of the rules and their neighbours, the deciding rule's first."""
    rules = sorted(pack.rules, key=lambda r: r.id != decision.by)
    seen: set[tuple[str, str]] = set()
    for settings in (False, True):
        for rule in rules:
            for atom in atoms_of(rule.when):
                head, _, name = atom.path.partition(".")
                setting = head in {"params", "integration"}
                if atom.kind == "q" or setting != settings or name in _FIXED_FIELDS:
                    continue
                for value in _values(atom, whole):
                    if value == getter(atom.path)(whole) or (atom.path, repr(value)) in seen:
                        continue
                    seen.add((atom.path, repr(value)))
                    yield atom.path, value


def _values(atom: Atom, whole: Mapping[str, Any]) -> list[Any]:
    value = atom.value if atom.other is None else getter(atom.other)(whole)
    if value is ABSENT or value is None:
        return []
    if isinstance(value, bool):
        return [value, not value]
    if isinstance(value, date):
        return [value, value - timedelta(days=1), value + timedelta(days=1)]
    if isinstance(value, int):
        return [value, value - 1, value + 1]
    return [value]


def _with(whole: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    head, _, name = path.partition(".")
    return {**whole, head: {**(whole.get(head) or {}), name: value}}
