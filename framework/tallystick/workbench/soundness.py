"""What is wrong with rules that can all be loaded: each finding with its place and a record."""

from collections.abc import Callable, Iterable, Iterator

from tallystick.decide import Pack, RuleSource
from tallystick.decide.atoms import atoms_of, compile_formula
from tallystick.decide.compiled import Compiled
from tallystick.decide.contradictions import Contradiction
from tallystick.decide.diagram import Finding, findings, overlaps
from tallystick.decide.model import TRUE, Rule
from tallystick.decide.yamlnodes import Mark, Node
from tallystick.model.decision import Decision
from tallystick.workbench.diagnostics import Diagnostic, at
from tallystick.workbench.phrases import listed, outcome_words
from tallystick.workbench.subjects import Whole
from tallystick.workbench.witnesses import as_record, smallest

Shows = Callable[[Whole], bool]
_NOTES = {"RUL-03", "RUL-05"}
"""What ends on the safe side, and is for a person to know."""


class Soundness:
    """The findings of one document."""

    def __init__(self, source: RuleSource, pack: Pack, root: Node) -> None:
        self._source = source
        self._pack = pack
        self._root = root
        self._rules = {r.id: r for r in pack.rules}
        bodies = zip(pack.rules, root.value["rules"].value, strict=True)
        self._bodies: dict[str, Node] = {rule.id: body for rule, body in bodies}

    def findings(self) -> list[Diagnostic]:
        """Rules that never decide, gaps, doubt; and one line for each reason not to be sure."""
        found = findings(self._pack)
        compiled = Compiled(self._pack)
        try:
            made = [self._diagnostic(f, compiled) for f in found.found]
        finally:
            compiled.close()
        return [*made, *(self._unsure(reason) for reason in found.unsure)]

    def overlaps(self) -> Iterator[Diagnostic]:
        """Pairs of rules that hold for one record and want different things of it."""
        if self._pack.strategy == "collect":
            return
        compiled = Compiled(self._pack)
        try:
            for found in overlaps(self._pack):
                one, two = self._rules[str(found.rule)], self._rules[found.others[0]]
                if _wish(one) != _wish(two):
                    yield self._overlap(found, (one, two), compiled)
        finally:
            compiled.close()

    def _overlap(self, found: Finding, pair: tuple[Rule, Rule], compiled: Compiled) -> Diagnostic:
        one, two = pair
        whole = smallest(self._pack, found.witness or {}, lambda w: _hold(pair, w))
        by = compiled.decide(whole).by
        message = (
            f"{one.id} wants {outcome_words(one)} and {two.id} {outcome_words(two)} for one record."
        )
        fix = "Make them exclude each other."
        if by not in {"unknown", "otherwise"}:
            fix = f"Nothing if {by} is to decide there; else make them exclude each other."
        record = as_record(self._pack, whole)
        return self._at("RUL-14", self._mark(two), message, fix, "note", record)

    def _diagnostic(self, found: Finding, compiled: Compiled) -> Diagnostic:
        rule = self._rules[found.rule] if found.rule is not None else None
        message, fix, shows = self._words(found, rule, compiled)
        whole = self._small(found, shows)
        kind = "note" if found.code in _NOTES else "mistake"
        return self._at(found.code, self._place(found, rule), message, fix, kind, whole)

    def _small(self, found: Finding, shows: Shows) -> str | None:
        if found.witness is None:
            return None
        return as_record(self._pack, smallest(self._pack, found.witness, shows))

    def _words(
        self, found: Finding, rule: Rule | None, compiled: Compiled
    ) -> tuple[str, str, Shows]:
        """What to say, what to do, and how to tell that a smaller record shows it still."""
        others = listed(found.others)
        decide = compiled.decide
        if found.code == "RUL-03" or rule is None:
            return self._of_file(found, decide)
        match found.code:
            case "RUL-04":
                message = f"{rule.id} never holds: its conditions contradict each other."
                return message, "Drop one of them, or the rule.", lambda _: True
            case "RUL-02":
                message = f"{rule.id} never decides: {others} decides wherever it holds."
                fix = f"Put it in front of {found.others[0]}, narrow that, or drop it."
                return message, fix, lambda w: _hold((rule,), w) and decide(w).by in found.others
            case "RUL-10":
                message = f"{rule.id} and {others} hold for one record, and only one may."
                pair = (rule, self._rules[found.others[0]])
                return message, "Make them exclude each other.", lambda w: _hold(pair, w)
            case _:
                message = f"{rule.id} never decides: where it holds the answer is in doubt."
                return message, "Narrow the rules that hold there too.", lambda w: _hold((rule,), w)

    def _of_file(
        self, found: Finding, decide: Callable[[Whole], Decision]
    ) -> tuple[str, str, Shows]:
        if found.code == "RUL-03":
            message = f"No rule takes some records; they become {self._pack.otherwise}."
            fix = "Nothing if that is meant; else write a rule for them."
            return message, fix, lambda w: decide(w).by == "otherwise"
        if not found.fields:
            message = (
                f"Some records leave the answer in doubt: they become {self._pack.point.safe}."
            )
            fix = "Nothing if that is meant; else compare amounts of one currency only."
            return message, fix, lambda w: decide(w).code == "RUL-20"
        fields = listed(found.fields)
        message = (
            f"Where {fields} is null the answer is in doubt, so it is {self._pack.point.safe}."
        )
        guard = f"`{found.fields[0]}: {{present: true}}`"
        fix = f"Nothing if that is meant; else put {guard} beside it: then it does not hold there."
        return message, fix, lambda w: decide(w).code == "RUL-20"

    def _place(self, found: Finding, rule: Rule | None) -> Mark:
        if rule is not None:
            return self._mark(rule)
        if found.code == "RUL-03":
            otherwise: Node = self._root.value["otherwise"]
            return otherwise.mark
        doubtful = next((self._rules[id_] for id_ in found.others), None)
        if doubtful is None:
            return self._root.mark
        of = [n for n in found.fields if _reads(doubtful, n)]
        return _condition(self._bodies[doubtful.id].value["when"], of) or self._mark(doubtful)

    def _mark(self, rule: Rule) -> Mark:
        mark: Mark = self._bodies[rule.id].value["id"].mark
        return mark

    def _unsure(self, reason: str) -> Diagnostic:
        message = f"Not everything could be looked at: {reason}."
        return self._at("RUL-15", self._root.mark, message, "Test it by hand.", "note")

    def _at(
        self, code: str, mark: Mark, message: str, fix: str, kind: str, record: str | None = None
    ) -> Diagnostic:
        return at(self._source, mark, (code, message, fix), kind=kind, record=record)


def contradiction(found: Contradiction, sources: Iterable[RuleSource]) -> Diagnostic:
    """Settings of several files that do not go together, as a diagnostic."""
    message = f"{found.message} ({', '.join(found.policies)})"
    source = next((s for s in sources if s.name == found.file), None)
    if source is None or found.line is None:
        return Diagnostic("RUL-16", found.file, found.line, None, message, found.fix)
    text = source.text.splitlines()[found.line - 1]
    column = len(text) - len(text.lstrip(" -")) + 1
    return at(source, Mark(found.line, column), ("RUL-16", message, found.fix))


def _hold(rules: Iterable[Rule], whole: Whole) -> bool:
    return all(compile_formula(r.when)(whole, whole) == TRUE for r in rules)


def _wish(rule: Rule) -> tuple[str, str | None]:
    return rule.then.outcome, rule.then.fields


def _reads(rule: Rule, field: str) -> bool:
    return any(field in {a.path, a.other} for a in atoms_of(rule.when))


def _condition(when: Node, fields: list[str]) -> Mark | None:
    """The first place of a rule's conditions at which one of the fields is named."""
    if isinstance(when.value, dict):
        for name, child in when.value.items():
            if name in fields or (child.value in fields and isinstance(child.value, str)):
                return when.keys[name]
            found = _condition(child, fields)
            if found is not None:
                return found
    if isinstance(when.value, list):
        return next((m for m in (_condition(n, fields) for n in when.value) if m), None)
    return None
