"""Writes the text of one Python function, and makes the function.

Nothing of a rule file gets into the text: it consists of words that stand in this file, of
numbers of cells, and of names such as `k7`. Names of fields, literals and tests of atoms are
values put behind these names afterwards, and no builtin is in reach but those listed here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import CodeType, FunctionType
from typing import Any

from tallystick.decide.keyparts import Items, Order, Table
from tallystick.decide.yamlnodes import ABSENT

CHAIN_MAX = 4
"""So many values are compared one after the other; more of them are looked up."""

SHORT_MAX = 12
"""Items of a list that are looked up; a longer one is decided slowly."""
LISTS_MAX = 4096
"""Lists, told apart by the cells of their items, whose answers are remembered."""


class Writer:
    """The lines of one function of a subject, and the values they name."""

    def __init__(self, named: Mapping[str, Any]) -> None:
        self._globals: dict[str, Any] = {
            "__builtins__": {},
            **{kind.__name__: kind for kind in (type, dict, list, str)},
            "len": len,
            "KeyError": KeyError,
            "absent": ABSENT,
            **named,
        }
        self._constants: dict[str, Any] = {}
        self._indent = "    "
        self._heads: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self.lines = ["def decide(subject):"]

    def named(self, value: Any) -> str:
        """A global name for a value."""
        name = f"k{len(self._globals)}"
        self._globals[name] = value
        return name

    def constant(self, value: Any) -> str:
        """A value that can be hashed, as a constant of the function, which is read faster."""
        name = f"c{len(self._constants)}"
        self._constants[name] = value
        return f"'{name}'"

    def line(self, text: str) -> None:
        """One line of the function."""
        self.lines.append(self._indent + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Lines under a head; what they read is known to them only."""
        before = self._indent, self._heads, self._values
        self.line(head)
        self._indent, self._heads, self._values = (
            f"{self._indent}    ",
            dict(self._heads),
            dict(self._values),
        )
        yield
        self._indent, self._heads, self._values = before

    def function(self) -> Any:
        """The function."""
        module = compile("\n".join(self.lines), "<key>", "exec")
        code = next(c for c in module.co_consts if isinstance(c, CodeType))
        known = self._constants
        constants = tuple(known[c] if type(c) is str else c for c in code.co_consts)
        return FunctionType(code.replace(co_consts=constants), self._globals, "decide")

    def guard(self, fixed: Mapping[str, Any]) -> None:
        """Subjects that are no plain dict, or say otherwise than the batch, are decided slowly."""
        tests = " or ".join(f"{self.constant(head)} in subject" for head in fixed)
        if len(fixed) > 1:  # most subjects have one input, and it is read below
            tests = f"len(subject) != 1 and ({tests})"
        several = f" or {tests}" if tests else ""
        self.line(f"if type(subject) is not dict{several}: return slow(subject)")

    def read(self, paths: Sequence[str]) -> dict[str, str]:
        """Reads fields; a subject without one of them is decided slowly. Gives their names."""
        new = [path for path in dict.fromkeys(paths) if path not in self._values]
        if new:
            self.line("try:")
        for path in new:
            head, _, leaf = path.partition(".")
            if head not in self._heads:
                name = self._heads[head] = f"h{len(self._heads)}"
                self.line(f"    {name} = subject[{self.constant(head)}]")
                self.line(f"    if type({name}) is not dict: return slow(subject)")
            name = self._values[path] = f"v{len(self._values)}"
            self.line(f"    {name} = {self._heads[head]}[{self.constant(leaf)}]")
        if new:
            self.line("except KeyError: return slow(subject)")
        return self._values

    def table(self, part: Table, cell: str, scale: int) -> None:
        """The cell of a value that is looked up. The type comes first: True == 1."""
        value, other = self._values[part.path], part.other * scale
        told = [(v, number * scale) for v, number in part.values if number != part.other]
        tests = [
            (f"{value} is {single}", str(number))
            for single, number in told
            if single is None or type(single) is bool
        ]
        for kind in dict.fromkeys(type(v) for v, _ in told):
            if kind is not bool and kind is not type(None):
                alike = {v: number for v, number in told if type(v) is kind}
                found = self._looked_up(value, alike, other)
                tests.append((f"type({value}) is {self.named(kind)}", found))
        tests.append((f"{value} is absent", ""))
        for number, (test, found) in enumerate(tests):
            result = f"{cell} = {found}" if found else "return slow(subject)"
            self.line(f"{'elif' if number else 'if'} {test}: {result}")
        self.line(f"else: {cell} = {other}")

    def items(self, part: Items, cell: str, scale: int, ask: Callable[[Any], int]) -> None:
        """The cell of a list, remembered by the cells of its items; `ask` finds it anew."""
        seen: dict[int, int] = {}

        def anew(subject: Any, state: int) -> int:
            if len(seen) >= LISTS_MAX:
                seen.clear()
            seen[state] = found = ask(subject) * scale
            return found

        states, new = self.named(seen), self.named(anew)
        items, item = f"{cell}_items", f"{cell}_item"
        self.line(f"try: {items} = subject[{self.constant(part.path)}]")
        self.line("except KeyError: return slow(subject)")
        self.line(f"if type({items}) is not list or len({items}) > {SHORT_MAX}:")
        self.line("    return slow(subject)")
        self.line("state = 1")
        with self.block(f"for {item} in {items}:"):
            self.line(f"if type({item}) is not dict: return slow(subject)")
            self.line(f"try: value = {item}[{self.constant(part.field)}]")
            self.line("except KeyError: return slow(subject)")
            self._values[part.item.path] = "value"
            self.table(part.item, "kind", 1)
            self.line(f"state = state * {len(part.item.truths)} + kind")
        self.line(f"{cell} = {states}[state] if state in {states} else {new}(subject, state)")

    def _looked_up(self, value: str, alike: Mapping[Any, int], other: int) -> str:
        if len(alike) <= CHAIN_MAX:
            pairs = alike.items()
            chain = [f"{number} if {value} == {self.constant(v)} else" for v, number in pairs]
            return f"{' '.join(chain)} {other}"
        table = self.named(alike)
        return f"{table}[{value}] if {value} in {table} else {other}"

    def order(self, part: Order, cell: str, scale: int) -> None:
        """The cell of a value that is compared; one of another type is unknown."""
        value = self._values[part.path]
        chain = [
            f"{number * scale} if {value} {'<' if strict else '<='} {self.constant(cut)} else"
            for cut, strict, number in part.cuts
        ]
        self.line(f"if type({value}) is {self.named(part.type)}:")
        self.line(f"    {cell} = {' '.join(chain)} {part.above * scale}")
        self.line(f"else: {cell} = {part.unsure * scale}")
