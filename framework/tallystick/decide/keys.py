"""The key of a subject under one specialisation of a pack, and the function that makes it.

A function is generated for each decider: it finds the number of the cell of each field, and with
them the decision that is remembered.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from tallystick.decide.atoms import compile_atom
from tallystick.decide.keyparts import Asked, Items, Order, Part, Table, heads_of
from tallystick.decide.memo import KEYS_MAX, Key
from tallystick.decide.model import Atom
from tallystick.decide.writing import Writer
from tallystick.model.decision import Decision

Subject = Mapping[str, Any]
Decide = Callable[[Subject], Decision]


@dataclass(frozen=True, slots=True)
class Sought:
    """Where the decision of a key is remembered: in `rows` where keys are few, by number; else in
    `young`. `miss` decides a subject whose key has no decision there.
    """

    rows: list[Decision | None] | None
    young: Mapping[Key, Any]
    miss: Callable[[Subject, Key], Decision]


class Keys:
    """The parts of a key, and how they are numbered: as a sum where the keys are few enough."""

    def __init__(self, parts: Sequence[Part], fixed: Mapping[str, Any]) -> None:
        self.parts = tuple(parts)
        self._fixed = fixed
        sizes = [len(part.truths) for part in self.parts]
        self.dense = prod(sizes) <= KEYS_MAX
        self.count = prod(sizes) if self.dense else 0
        self.scales = [prod(sizes[:n]) if self.dense else 1 for n in range(len(sizes))]

    def cells(self, key: Key) -> Key:
        """The number of the cell in each part."""
        return tuple(number // scale for number, scale in zip(key, self.scales, strict=True))

    def write(self, writer: Writer, sought: Sought) -> None:
        """The lines from a subject, which the guard let pass, to its decision."""
        self._write_cells(writer)
        miss = writer.named(sought.miss)
        if sought.rows is not None:
            total = " + ".join(self._names()) or "0"
            writer.line(f"found = {writer.named(sought.rows)}[{total}]")
            writer.line(f"return {miss}(subject, {self._tuple()}) if found is None else found")
        else:
            decision = writer.named(Decision)
            writer.line(f"key = {self._tuple()}")
            writer.line(f"found = {writer.named(sought.young)}.get(key)")
            writer.line(f"return found if type(found) is {decision} else {miss}(subject, key)")

    def _names(self) -> list[str]:
        return [f"c{n}" for n in range(len(self.parts))]

    def _tuple(self) -> str:
        return f"({''.join(f'{name}, ' for name in self._names())})"

    def _write_cells(self, writer: Writer) -> None:
        asked = [part for part in self.parts if isinstance(part, Asked)]
        writer.read([p.path for p in self.parts if isinstance(p, Table | Order)])
        root = "subject"
        if any(heads_of(part.formulas[0]) & self._fixed.keys() for part in asked):
            writer.line(f"whole = {{**{writer.named(self._fixed)}, **subject}}")
            root = "whole"
        for number, (part, scale) in enumerate(zip(self.parts, self.scales, strict=True)):
            if isinstance(part, Table):
                writer.table(part, f"c{number}", scale)
            elif isinstance(part, Order):
                writer.order(part, f"c{number}", scale)
            elif isinstance(part, Items):
                writer.items(part, f"c{number}", scale, _asking(part.atoms))
            else:
                test = writer.named(compile_atom(part.atom))
                writer.line(f"c{number} = {test}({root}, {root}) * {scale}")


def _asking(atoms: Sequence[Atom]) -> Callable[[Subject], int]:
    """The number of the cell of a list: what its atoms say of it, the first as highest digit."""
    tests = [compile_atom(atom) for atom in atoms]

    def ask(subject: Subject) -> int:
        found = 0
        for test in tests:
            found = found * 3 + test(subject, subject)
        return found

    return ask


def deciding(keys: Keys, sought: Sought, fixed: Mapping[str, Any], slow: Decide) -> Decide:
    """The function from a subject to its decision; `slow` decides what has no key."""
    writer = Writer({"slow": slow})
    writer.guard(fixed)
    keys.write(writer, sought)
    decide: Decide = writer.function()
    return decide


def branching(
    path: str,
    branches: Mapping[str | None, tuple[Keys, Sought]],
    fixed: Mapping[str, Any],
    slow: Decide,
    words: Sequence[str],
) -> Decide:
    """The same with a branch for each text at `path`; that of None is for texts not in `words`."""
    writer = Writer({"slow": slow})
    writer.guard(fixed)
    value = writer.read([path])[path]
    writer.line(f"if type({value}) is not str: return slow(subject)")
    for word, (keys, sought) in branches.items():
        if word is None:
            test = f"{value} not in {writer.named(frozenset(words))}"
        else:
            test = f"{value} == {writer.constant(word)}"
        with writer.block(f"if {test}:"):
            keys.write(writer, sought)
    writer.line("return slow(subject)")
    decide: Decide = writer.function()
    return decide
