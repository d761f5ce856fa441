"""Conditions and codes of rules in words for people."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tallystick.decide.model import Atom, Formula
from tallystick.decide.wording import sentence, word

Names = Mapping[Atom, str]
"""What a list's first match is called."""
_COUNTS = {
    ("eq", True): "exactly {n} of",
    ("eq", False): "not exactly {n} of",
    ("ge", True): "at least {n} of",
    ("ge", False): "fewer than {n} of",
    ("le", True): "at most {n} of",
    ("le", False): "more than {n} of",
    ("gt", True): "more than {n} of",
    ("gt", False): "at most {n} of",
    ("lt", True): "fewer than {n} of",
    ("lt", False): "at least {n} of",
    ("ne", True): "not exactly {n} of",
    ("ne", False): "exactly {n} of",
}


def conditions(formula: Formula, names: Names | None = None) -> list[str]:
    """What must hold, one phrase for each member; none where it always holds."""
    parts = formula.parts if formula.op == "and" else (formula,)
    return [words(p, names) for p in parts]


def words(formula: Formula, names: Names | None = None) -> str:
    """A formula in words."""
    if formula.op == "lit":
        return "" if formula.atom is None else _literal(formula.atom, formula.sign, names or {})
    listed = _one_of(formula)
    if listed is not None:
        return listed
    joint = " and " if formula.op == "and" else " or "
    text = joint.join(_nested(p, names) for p in formula.parts)
    return text or "always"


def _nested(formula: Formula, names: Names | None) -> str:
    text = words(formula, names)
    return text if formula.op == "lit" or _one_of(formula) is not None else f"({text})"


def _one_of(formula: Formula) -> str | None:
    """Several values of one field in one phrase."""
    wanted = formula.op == "or"
    atoms = [p.atom for p in formula.parts if p.op == "lit" and p.sign is wanted]
    known = [a for a in atoms if a is not None and a.kind == "eq" and a.other is None]
    if len(known) != len(formula.parts) or len(known) < 2 or len({a.path for a in known}) > 1:
        return None
    values = [word(a.value) for a in known]
    joint = "or" if wanted else "nor"
    text = f"{', '.join(values[:-1])} {joint} {values[-1]}"
    return f"{known[0].path} is {text}" if wanted else f"{known[0].path} is neither {text}"


def _literal(atom: Atom, sign: bool, names: Names) -> str:  # noqa: FBT001 - as the formula has it
    if atom.kind == "q":
        return _counted(atom, sign, names)
    if sign:
        return f"{atom.path} {sentence(atom)}"
    other = atom.other if atom.other is not None else word(atom.value)
    dated = isinstance(atom.value, date)
    opposites = {
        "eq": f"is not {other}",
        "lt": f"is {other} or later" if dated else f"is at least {other}",
        "le": f"is after {other}" if dated else f"is more than {other}",
        "present": "is nothing",
        "blank": "is not blank",
        "same": f"differs from {other}" + (f" as {atom.fold}" if atom.fold else ""),
        "inlist": f"is not in {other}",
    }
    if atom.kind in opposites:
        return f"{atom.path} {opposites[atom.kind]}"
    return f"not ({atom.path} {sentence(atom)})"


def _counted(atom: Atom, sign: bool, names: Names) -> str:  # noqa: FBT001 - as the formula has it
    operator, number = atom.test or ("ge", 1)
    phrase = _COUNTS[operator, sign].format(n=number)
    if (operator, number) in {("eq", 0), ("ge", 1)}:
        phrase = "none of" if (operator == "eq") is sign else "some of"
    text = f"{phrase} {atom.path}"
    if atom.where is not None and (atom.where.parts or atom.where.atom):
        text += f" with ({words(atom.where)})"
    return f"{text}, called {names[atom]}," if atom in names else text


def code_words(code: Any) -> str:
    """A code, or a table of codes, in words."""
    if not isinstance(code, dict):
        return "" if code is None else str(code)
    cases = [f"{_case(v)} {code_words(c)}" for v, c in code.items() if v != "by"]
    return f"by {code.get('by')}: " + ", ".join(cases)


def _case(value: str) -> str:
    return f"{value}:" if value else "nothing:"


def listed(values: Sequence[str], joint: str = "or") -> str:
    """Words with commas, the last with `or`."""
    if len(values) < 2:
        return "".join(values)
    return f"{', '.join(values[:-1])} {joint} {values[-1]}"
