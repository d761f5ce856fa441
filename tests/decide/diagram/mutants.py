"""Packs with one edit: a sign turned, a part dropped, a value moved, rules dropped or swapped."""

from collections.abc import Iterator
from dataclasses import replace

from tallystick.decide import Pack
from tallystick.decide.model import Atom, Formula, Rule


def mutants(of: Pack) -> Iterator[tuple[str, Pack]]:
    """Every one-edit mutant, with what was done."""
    rules = of.rules
    for number, rule in enumerate(rules):
        yield f"without {rule.id}", replace(of, rules=(*rules[:number], *rules[number + 1 :]))
        if number:
            swapped = (*rules[: number - 1], rule, rules[number - 1], *rules[number + 1 :])
            yield f"{rule.id} one earlier", replace(of, rules=swapped)
        for place, when in enumerate(_edited(rule.when)):
            changed = _bound(replace(rule, when=when))
            if changed is not None:
                edited = (*rules[:number], changed, *rules[number + 1 :])
                yield f"{rule.id} edit {place}", replace(of, rules=edited)


def _bound(rule: Rule) -> Rule | None:
    """A rule whose bound item surely exists still; else it is no rule that could be loaded."""
    if not rule.binds:
        return rule
    parts = rule.when.parts if rule.when.op == "and" else (rule.when,)
    known = [p.atom for p in parts if p.op == "lit" and p.sign]
    return rule if all(b in known for b in rule.binds.values()) else None


def _edited(formula: Formula) -> Iterator[Formula]:
    if formula.atom is not None:
        yield replace(formula, sign=not formula.sign)
        yield from (replace(formula, atom=a) for a in _moved(formula.atom))
        return
    yield replace(formula, op="or" if formula.op == "and" else "and")
    for number, part in enumerate(formula.parts):
        before, after = formula.parts[:number], formula.parts[number + 1 :]
        if len(formula.parts) > 1:
            yield replace(formula, parts=(*before, *after))
        for edited in _edited(part):
            yield replace(formula, parts=(*before, edited, *after))


def _moved(atom: Atom) -> Iterator[Atom]:
    """The same test with the next number, or with `at most` for `less than`."""
    if type(atom.value) is int:
        yield replace(atom, value=atom.value + 1)
    if atom.kind in {"lt", "le"}:
        yield replace(atom, kind="le" if atom.kind == "lt" else "lt")
    if atom.test is not None:
        yield replace(atom, test=(atom.test[0], atom.test[1] + 1))
