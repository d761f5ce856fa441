"""What a rule file can be improved in, though it is sound; each finding with its place."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tallystick.decide import Pack, Rulebook, RuleSource, parse_source
from tallystick.decide.atoms import atoms_of
from tallystick.decide.model import Formula, Rule
from tallystick.decide.policies import PARAM_POLICIES
from tallystick.decide.yamlnodes import Loader, Mark, Node
from tallystick.errors import RuleFileError
from tallystick.model.catalogue import RecordType
from tallystick.model.decision import DecisionPoint
from tallystick.workbench.diagnostics import Diagnostic, at, diagnostic
from tallystick.workbench.edges import edges
from tallystick.workbench.subjects import subject_of

_PARAM = re.compile(r"\{params\.([a-z0-9_]+)\}")


def lint(
    sources: Iterable[RuleSource],
    types: Mapping[str, RecordType],
    points: Sequence[DecisionPoint],
) -> list[Diagnostic]:
    """Findings in file order; a file with a mistake has that one finding."""
    found: list[Diagnostic] = []
    for source in sources:
        try:
            packs = parse_source(source, types, points)
            roots = Loader(source.name, source.text).documents()
            for pack, root in zip(packs, roots, strict=True):
                found += _Lint(source, pack, root).findings()
        except RuleFileError as error:
            found.append(diagnostic(source, error))
    return found


class _Lint:
    """The findings in one document."""

    def __init__(self, source: RuleSource, pack: Pack, root: Node) -> None:
        self._source = source
        self._pack = pack
        self._root = root
        self._rules: dict[str, Node] = {r.value["id"].value: r for r in root.value["rules"].value}

    def findings(self) -> list[Diagnostic]:
        """Everything found, by place."""
        found = [
            *self._notes(),
            *self._otherwise(),
            *self._params(),
            *self._twice(),
            *self._alike(),
            *self._edges(),
            *self._untested(),
        ]
        return sorted(found, key=lambda d: (d.line or 0, d.column or 0, d.code))

    def _finding(self, code: str, mark: Mark, message: str, fix: str) -> Diagnostic:
        return at(self._source, mark, (code, message, fix))

    def _notes(self) -> Iterator[Diagnostic]:
        """Who answers for the file, and what it is about."""
        for key, code, fix in (
            ("title", "RUL-30", "Add `title:` with the question that the file answers."),
            ("owner", "RUL-31", "Add `owner:` with who answers for these rules."),
        ):
            node = self._root.value.get(key)
            if node is None or not str(node.value or "").strip():
                place = self._root.mark if node is None else self._root.keys[key]
                yield self._finding(code, place, f"The file has no {key}.", fix)

    def _otherwise(self) -> Iterator[Diagnostic]:
        safe = self._pack.point.safe
        if self._pack.otherwise != safe:
            yield self._finding(
                "RUL-36",
                self._root.value["otherwise"].mark,
                f"What no rule decides becomes {self._pack.otherwise}; the safe outcome is {safe}.",
                f"Write `otherwise: {safe}`, and a rule for what is {self._pack.otherwise}.",
            )

    def _params(self) -> Iterator[Diagnostic]:
        """Params that no rule reads; those of a policy are read by the program."""
        used = {name for rule in self._pack.rules for name in _params_of(rule)}
        for name in self._pack.params:
            if name in used or (self._pack.decision, name) in PARAM_POLICIES:
                continue
            yield self._finding(
                "RUL-33",
                self._root.value["params"].keys[name],
                f"No rule reads the param {name}.",
                "Remove it, or write the rule that reads it.",
            )

    def _twice(self) -> Iterator[Diagnostic]:
        """Members that stand twice in one list of a condition."""
        for id_, body in self._rules.items():
            for member, first in _repeated(body.value["when"]):
                yield self._finding(
                    "RUL-34",
                    member.mark,
                    f"This stands in the same list of {id_} already, in line {first.line}.",
                    "Remove one of the two.",
                )

    def _alike(self) -> Iterator[Diagnostic]:
        """Rules with the same conditions."""
        seen: dict[Formula, Rule] = {}
        for rule in self._pack.rules:
            first = seen.setdefault(rule.when, rule)
            if first is rule:
                continue
            never = " It never decides." if self._pack.strategy == "first" else ""
            yield self._finding(
                "RUL-34",
                self._rules[rule.id].value["id"].mark,
                f"{rule.id} holds exactly when {first.id} does, in line {first.line}.{never}",
                "Make them one rule, or change a condition.",
            )

    def _edges(self) -> Iterator[Diagnostic]:
        conditions = [body.value["when"] for body in self._rules.values()]
        for mark, message, fix in edges(conditions, self._pack.types.many):
            yield self._finding("RUL-35", mark, message, fix)

    def _untested(self) -> Iterator[Diagnostic]:
        """Rules that decide no test of the file."""
        book = Rulebook({}, [self._pack])
        try:
            decide = book.decider_of(self._pack)
            deciding = {decide(subject_of(self._pack, c.given)).by for c in self._pack.tests}
        finally:
            book.close()
        for rule in self._pack.rules:
            if rule.id not in deciding:
                yield self._finding(
                    "RUL-32",
                    self._rules[rule.id].value["id"].mark,
                    f"No test of the file is decided by {rule.id}.",
                    f"Add a test with `by: {rule.id}`.",
                )


def _params_of(rule: Rule) -> Iterator[str]:
    """The params that a rule reads, in conditions, sentences and tables of codes."""
    for path in _paths(rule.when):
        if path.startswith("params."):
            yield path.removeprefix("params.")
    yield from _PARAM.findall(f"{rule.because} {rule.fix or ''}")
    yield from _PARAM.findall(" ".join(f"{{{p}}}" for p in _selectors(rule.code)))


def _paths(formula: Formula) -> Iterator[str]:
    for atom in atoms_of(formula):
        yield from (p for p in (atom.path, atom.other) if p is not None)
        if atom.where is not None:
            yield from _paths(atom.where)


def _selectors(code: Any) -> Iterator[str]:
    if isinstance(code, dict):
        yield str(code.get("by"))
        for name, child in code.items():
            if name != "by":
                yield from _selectors(child)


def _repeated(node: Node) -> Iterator[tuple[Node, Mark]]:
    """Members of lists that stand in their list before, with the place of the first."""
    if isinstance(node.value, dict):
        for child in node.value.values():
            yield from _repeated(child)
    if not isinstance(node.value, list):
        return
    seen: dict[str, Mark] = {}
    for member in node.value:
        first = seen.setdefault(
            json.dumps(member.plain(), sort_keys=True, default=repr), member.mark
        )
        if first != member.mark:
            yield member, first
        else:
            yield from _repeated(member)
