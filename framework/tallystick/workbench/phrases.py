"""Conditions and codes of rules in words for people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tallystick.decide.conditions import Scope, Types
from tallystick.decide.model import Atom, Formula, Rule
from tallystick.decide.wording import count_words, sentence, word

Names = Mapping[Atom, str]
"""What a list's first match is called."""


class Phrases:
    """Words for the conditions of one file; what a field holds decides how it is compared."""

    def __init__(self, types: Types) -> None:
        self._types = types

    def of_rule(self, rule: Rule) -> Iterator[tuple[Formula, str]]:
        """Each condition of a rule with its phrase; none where it always holds."""
        names = {atom: name for name, atom in rule.binds.items()}
        for part in rule.when.parts if rule.when.op == "and" else (rule.when,):
            # among others that must hold too, "a or b" alone could be read in two ways
            yield part, self._nested(part, names, None)

    def conditions(self, rule: Rule) -> list[str]:
        """What must hold, one phrase for each condition; none where it always holds."""
        return [words for _, words in self.of_rule(rule)]

    def words(
        self, formula: Formula, names: Names | None = None, scope: Scope | None = None
    ) -> str:
        """A formula in words; with `scope` about the fields of a list's item."""
        if formula.op == "lit":
            if formula.atom is None:
                return ""
            return self._literal(formula.atom, formula.sign, names or {}, scope)
        one_of = _one_of(formula)
        if one_of is not None:
            return one_of
        joint = " and " if formula.op == "and" else " or "
        text = joint.join(self._nested(p, names, scope) for p in formula.parts)
        return text or "always"

    def _nested(self, formula: Formula, names: Names | None, scope: Scope | None) -> str:
        text = self.words(formula, names, scope)
        return text if formula.op == "lit" or _one_of(formula) is not None else f"({text})"

    def _literal(self, atom: Atom, sign: bool, names: Names, scope: Scope | None) -> str:  # noqa: FBT001 - as the formula has it
        if atom.kind == "q":
            return self._counted(atom, sign, names)
        kind = scope.get(atom.path) if scope is not None else self._types.field(atom.path)
        return f"{atom.path} {sentence(atom, sign=sign, kind=kind)}"

    def _counted(self, atom: Atom, sign: bool, names: Names) -> str:  # noqa: FBT001 - as the formula has it
        text = f"{count_words(atom, sign=sign)} of {atom.path}"
        if atom.where is not None and (atom.where.parts or atom.where.atom):
            text += f" with ({self.words(atom.where, None, self._types.many.get(atom.path))})"
        return f"{text}, called {names[atom]}" if atom in names else text


def _one_of(formula: Formula) -> str | None:
    """Several values of one field in one phrase."""
    wanted = formula.op == "or"
    atoms = [p.atom for p in formula.parts if p.op == "lit" and p.sign is wanted]
    known = [a for a in atoms if a is not None and a.kind == "eq" and a.other is None]
    if len(known) != len(formula.parts) or len(known) < 2 or len({a.path for a in known}) > 1:
        return None
    values = listed([word(a.value) for a in known], "or" if wanted else "nor")
    return f"{known[0].path} is {values}" if wanted else f"{known[0].path} is neither {values}"


def outcome_words(rule: Rule) -> str:
    """What a rule decides, with the name of the record that it names."""
    then = rule.then
    return f"{then.outcome} {then.bind}" if then.bind else then.outcome


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
