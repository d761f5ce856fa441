"""The shipped rules and their subjects as plain JSON, for engines that know nothing of ours."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tallystick.decide.compiled import Compiled
from tallystick.decide.model import Atom, Formula

Tree = list[Any]


def rules(compiled: Compiled) -> list[tuple[str, Tree]]:
    """Each rule with its condition, in order."""
    return [(rule.id, tree(rule.when)) for rule in compiled.pack.rules]


def tree(formula: Formula) -> Tree:
    """A condition as nested lists: operation, then its parts."""
    if formula.op != "lit":
        return [formula.op, *map(tree, formula.parts)]
    assert formula.atom is not None  # noqa: S101 - a literal has one
    atom = _atom(formula.atom)
    return atom if formula.sign else ["not", atom]


def _atom(atom: Atom) -> Tree:
    left = flat_name(atom.path)
    right = {"name": flat_name(atom.other)} if atom.other else _plain(atom.value)
    if atom.kind == "inlist":
        return ["in", left, flat_name(str(atom.other))]
    if atom.kind == "blank":
        return ["or", ["eq", left, None], ["eq", left, ""]]
    if atom.kind == "present":
        return ["not", ["eq", left, None]]
    return ["eq" if atom.kind == "same" else atom.kind, left, right]


def flat_name(path: str) -> str:
    """A path as one name."""
    return path.replace(".", "_")


def fact(subject: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    """A subject as one flat fact; a field that it does not have is nothing."""
    flat = {
        f"{head}_{name}": _plain(value)
        for head, inner in subject.items()
        for name, value in inner.items()
    }
    return {name: flat.get(name) for name in names}


def names(condition: Tree) -> set[str]:
    """The fields that a condition names."""
    op, *rest = condition
    if op in {"and", "or", "not"}:
        return {name for part in rest for name in names(part)}
    others = {r["name"] for r in rest if isinstance(r, dict)}
    return {rest[0], *others, *([rest[1]] if op == "in" else [])}


def _plain(value: Any) -> Any:
    """Days as numbers: not every engine has days."""
    return value.toordinal() if isinstance(value, date) else value
