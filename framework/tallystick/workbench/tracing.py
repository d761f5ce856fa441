"""What `rules explain` calls: one decision taken by hand, with everything that led to it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tallystick.app.rule_drafts import is_path
from tallystick.app.rules import find, is_kind, is_named, points_of, read_text, types_of
from tallystick.app.workspace import Workspace
from tallystick.decide import Pack, Rulebook, RuleSource, load_rulebook, parse_source
from tallystick.decide.atoms import LISTS, atoms_of, compile_formula, getter
from tallystick.decide.cases import CaseParser
from tallystick.decide.model import FALSE, TRUE, UNKNOWN, Atom, Formula, Rule
from tallystick.decide.strategies import sequence
from tallystick.decide.wording import word
from tallystick.decide.yamlnodes import ABSENT, Loader
from tallystick.errors import ConfigError, RuleFileError, Where
from tallystick.resources import default_rules
from tallystick.workbench.phrases import Phrases, outcome_words
from tallystick.workbench.subjects import Whole, subject_of
from tallystick.workbench.testing import bound_id

_TRUTH = {TRUE: "holds", FALSE: "does not hold", UNKNOWN: "unknown"}


@dataclass(frozen=True, slots=True)
class TracedItem:
    """One item of a list, against what a condition asks of items."""

    number: int
    name: str
    truth: str


@dataclass(frozen=True, slots=True)
class TracedCondition:
    """One condition of a rule: in words, what it gave, and the values that it looked at."""

    words: str
    truth: str
    values: Mapping[str, str]
    items: tuple[TracedItem, ...] = ()


@dataclass(frozen=True, slots=True)
class TracedRule:
    """One rule in the order of asking. `part` is decides, in doubt, too late or passed."""

    id: str
    outcome: str
    place: str
    truth: str
    part: str
    conditions: tuple[TracedCondition, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """One decision: what was given, each rule, both matchers, the answer in words."""

    decision: str
    file: str
    state: str
    hash: str
    strategy: str
    subject: Mapping[str, Any]
    rules: tuple[TracedRule, ...]
    matchers_agree: bool
    outcome: str
    by: str
    code: str | None
    bound: str | None
    fields: str | None
    unknown: tuple[str, ...]
    because: str
    place: str
    nearest: str | None
    fix: str | None


def explain(ws: Workspace | None, subject: str, *, given: str, name: str = "given") -> Trace:
    """Decide one subject by hand. `given` is YAML or JSON, as `given` of a test: it is laid over
    the file's base. `subject` is a decision, a rule file's path or name, or a rule's id.
    """
    pack = _pack(ws, subject)
    asked = _given(pack, name, given)
    whole = subject_of(pack, asked)
    book = Rulebook({pack.name: pack}, (), ws.rules.policies() if ws else None)
    if ws is not None:
        whole = {**whole, "params": _params(book, pack, whole["params"], asked)}
    try:
        return _Tracer(book, pack, whole).trace()
    finally:
        book.close()


def _pack(ws: Workspace | None, subject: str) -> Pack:
    if is_path(subject):
        source = RuleSource(subject, read_text(Path(subject)), "project")
        return parse_source(source, types_of(ws), points_of(ws))[0]
    if ws is not None:
        return find(ws, subject)[0]
    return shipped_pack(subject)


def shipped_pack(subject: str) -> Pack:
    """A shipped file by decision, name or rule id, where no project folder is."""
    book = load_rulebook(_shipped(), types_of(None), points_of(None))
    packs = dict(book.packs)
    book.close()
    found = next((p for p in packs.values() if is_named(p, subject)), None)
    if found is None:
        raise ConfigError(
            f"{subject} is no rule file, decision or rule here.",
            code="CFG-14",
            fix=f"Name one of {', '.join(packs)}.",
        )
    return found


def _shipped() -> list[RuleSource]:
    texts = [(f, read_text(f)) for f in sorted(default_rules().glob("*.yaml"))]
    return [RuleSource(f"rules/{f.name}", t, "shipped") for f, t in texts if is_kind(t, "rules")]


def _given(pack: Pack, name: str, text: str) -> Mapping[str, Any]:
    """The subject as it was written. Raises `RuleFileError` with its line and column."""
    loader = Loader(name, text)
    documents = loader.documents()
    if len(documents) > 1:
        raise RuleFileError("Give one subject.", code="RUL-07", where=Where(name, 1, 1))
    if not documents:
        return {}
    return CaseParser(loader, pack.point, pack.types, pack.rules).given(documents[0])


def _params(book: Rulebook, pack: Pack, params: Whole, asked: Whole) -> dict[str, Any]:
    """Params as the test has them, but those that a policy says as this project's policies do."""
    policies = book.decider_of(pack).full({})["params"]
    said = {**pack.base.get("params", {}), **asked.get("params", {})}
    of_policies = {n for n, p in pack.params.items() if p.key and n not in said}
    return {n: policies[n] if n in of_policies else v for n, v in params.items()}


class _Tracer:
    """One subject before one file."""

    def __init__(self, book: Rulebook, pack: Pack, whole: Whole) -> None:
        self._pack = pack
        self._whole = whole
        self._compiled = book.ready(pack)
        self._decider = book.decider_of(pack, params=whole.get("params"))
        self._phrases = Phrases(pack.types)

    def trace(self) -> Trace:
        """Decide, and tell each step."""
        pack, whole, compiled = self._pack, self._whole, self._compiled
        decision = compiled.decide(whole)
        words = self._decider.explain(decision, whole)
        return Trace(
            pack.decision,
            pack.file,
            pack.state,
            pack.hash,
            pack.strategy,
            _plain(whole),
            tuple(self._rules(decision.by)),
            decision.code != "RUL-21",
            decision.outcome,
            decision.by,
            decision.code,
            bound_id(decision),
            decision.fields,
            decision.unknown,
            words.because,
            words.place,
            words.nearest,
            words.fix,
        )

    def _rules(self, by: str) -> Iterator[TracedRule]:
        """In the order in which the strategy asks; what comes behind the deciding rule too."""
        past = False
        for number in sequence(self._pack):
            rule = self._pack.rules[number]
            truth = compile_formula(rule.when)(self._whole, self._whole)
            part = _part(rule, truth, by, past=past)
            past = past or part == "decides"
            place = f"{self._pack.file}:{rule.line}"
            conditions = tuple(self._conditions(rule))
            yield TracedRule(rule.id, outcome_words(rule), place, _TRUTH[truth], part, conditions)

    def _conditions(self, rule: Rule) -> Iterator[TracedCondition]:
        for part, words in self._phrases.of_rule(rule):
            truth = compile_formula(part)(self._whole, self._whole)
            values = {p: v for a in atoms_of(part) for p, v in self._values(a)}
            items = tuple(i for a in atoms_of(part) for i in self._items(a))
            yield TracedCondition(words, _TRUTH[truth], values, items)

    def _values(self, atom: Atom) -> Iterator[tuple[str, str]]:
        paths = [atom.path, atom.other, atom.currency, atom.other_currency]
        for path in (p for p in paths if p is not None):
            value = getter(path)(self._whole)
            if isinstance(value, LISTS) and atom.kind == "q":
                yield path, f"{len(value)} items"
            else:
                yield path, "absent" if value is ABSENT else word(_shown(value))

    def _items(self, atom: Atom) -> Iterator[TracedItem]:
        items = getter(atom.path)(self._whole)
        if atom.kind != "q" or not isinstance(items, LISTS):
            return
        test = compile_formula(atom.where or Formula("and"))
        for number, item in enumerate(items, start=1):
            name = (
                str(item.get("name") or item.get("id") or "") if isinstance(item, Mapping) else ""
            )
            yield TracedItem(number, name, _TRUTH[test(self._whole, item)])


def _part(rule: Rule, truth: int, by: str, *, past: bool) -> str:
    if rule.id == by:
        return "decides"
    if past:
        return "too late" if truth != FALSE else "passed"
    return "in doubt" if truth == UNKNOWN else "passed"


def _shown(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, LISTS) else value


def _plain(value: Any) -> Any:
    """A subject for people and programs; what is absent is left out."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items() if v is not ABSENT}
    if isinstance(value, LISTS):
        return [_plain(v) for v in value]
    return value
