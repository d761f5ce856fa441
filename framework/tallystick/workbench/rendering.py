"""A rule file for reading: as sentences or as a table."""

from collections.abc import Iterator

from tallystick.app.rules import trials
from tallystick.decide import Pack
from tallystick.decide.model import Invariant, Param, Rule
from tallystick.decide.wording import word
from tallystick.workbench.phrases import Phrases, code_words, listed, outcome_words

_STRATEGIES = {
    "first": "The first rule that holds decides, in this order.",
    "deny_overrides": "A rule with the outcome {safe} wins wherever it stands.",
    "unique": "At most one rule may hold; two are an error of the record (RUL-10).",
    "collect": "All rules that hold are kept; the first of them decides.",
}


def render(pack: Pack, view: str) -> str:
    """A pack as `sentence` or `table`."""
    return _table(pack) if view == "table" else "\n".join(_sentences(pack))


def _sentences(pack: Pack) -> Iterator[str]:
    """All that the file says, in the order of the file."""
    yield f"{pack.title}  [{pack.decision}, {pack.strategy}, {pack.state}]"
    yield f"{pack.point.title}: {listed(pack.point.outcomes)}; the safe one is {pack.point.safe}."
    for outcome, meaning in pack.point.meanings.items():
        yield f"  {outcome}: {meaning.rstrip('.')}"
    yield _STRATEGIES[pack.strategy].format(safe=pack.point.safe)
    for param in pack.params.values():
        yield f"  params.{param.name}: {_param(param)}"
    phrases = Phrases(pack.types)
    for number, rule in enumerate(pack.rules, start=1):
        yield from _rule(number, rule, phrases)
    yield f"     otherwise {pack.otherwise}"
    for invariant in pack.invariants:
        yield f"  always {invariant.id}: {_invariant(invariant, phrases)}"
    tried = trials(pack)
    more = f" (invariants among them: {tried - len(pack.tests)})" if tried > len(pack.tests) else ""
    yield f"  {tried} tests{more}, {pack.file}, {pack.origin}, {_notes(pack)}{pack.hash[:8]}"


def _notes(pack: Pack) -> str:
    """Whom the file is for, its version and who answers for it."""
    notes = [f"only for {pack.applies_to}"] if pack.applies_to else []
    notes += [f"version {pack.version}"] if pack.version is not None else []
    notes += [f"owner {pack.owner}"] if pack.owner else []
    return "".join(f"{note}, " for note in notes)


def _param(param: Param) -> str:
    kind = listed(param.of) if param.of else param.type
    nullable = " or nothing" if param.nullable else ""
    source = ", answered by the set-up" if param.source == "integration" else ""
    label = f" ({param.label})" if param.label else ""
    return f"{kind}{nullable}; {word(param.default)} unless changed{source}{label}"


def _rule(number: int, rule: Rule, phrases: Phrases) -> Iterator[str]:
    code = f" ({rule.code})" if isinstance(rule.code, str) else ""
    yield f"{number:>3}  {rule.id}: {_outcome(rule)}{code}"
    conditions = phrases.conditions(rule)
    for joint, phrase in zip(["if", *["and"] * len(conditions)], conditions, strict=False):
        yield f"     {joint} {phrase}"
    if not conditions:
        yield "     always"
    if isinstance(rule.code, dict):
        yield f"     code {code_words(rule.code)}"
    yield f"     because: {rule.because}"
    if rule.fix:
        yield f"     fix: {rule.fix}"


def _outcome(rule: Rule) -> str:
    text, fields = outcome_words(rule), rule.then.fields
    return f"{text}, with the fields of {fields}" if fields else text


def _invariant(invariant: Invariant, phrases: Phrases) -> str:
    if invariant.unaffected_by:
        return f"{listed(invariant.unaffected_by)} changes nothing"
    if invariant.shuffle:
        return f"the order of {invariant.shuffle} changes nothing"
    after = f"after {invariant.after}, " if invariant.after else ""
    if invariant.must is None:
        return f"{after}kept for the checks of the {invariant.scope}"
    return after + phrases.words(invariant.must)


def _table(pack: Pack) -> str:
    """One row a rule; conditions one below the other."""
    phrases = Phrases(pack.types)
    rows = [("#", "rule", "then", "code", "when")]
    for number, rule in enumerate(pack.rules, start=1):
        first, *more = phrases.conditions(rule) or ["always"]
        code = rule.code if isinstance(rule.code, str) else ("by value" if rule.code else "")
        rows.append((str(number), rule.id, _outcome(rule), code, first))
        rows += [("", "", "", "", phrase) for phrase in more]
    rows.append(("", "otherwise", pack.otherwise, "", ""))
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    return "\n".join(
        "  ".join(
            [*(cell.ljust(w) for cell, w in zip(row[:4], widths, strict=True)), row[4]]
        ).rstrip()
        for row in rows
    )
