"""One rule file as people look at it: its rules in words, tests, coverage, hits, its shadow."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tallystick.app.rule_drafts import draft_name, live_name, packs_of, substance
from tallystick.app.rule_history import hits
from tallystick.app.rules import find, points_of, trials, types_of
from tallystick.app.workspace import Workspace
from tallystick.decide import Pack, RuleSource
from tallystick.decide.model import Rule
from tallystick.store.decision_history import RuleHits
from tallystick.workbench.assessing import Assessment, assess
from tallystick.workbench.phrases import Phrases, code_words, outcome_words
from tallystick.workbench.testing import TestResult

Hits = Mapping[tuple[str, str], RuleHits]


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule in words; `hits` are stored decisions it took, in this version or an earlier one."""

    number: int | None
    id: str
    outcome: str
    code: str
    conditions: tuple[str, ...]
    because: str
    fix: str | None
    line: int | None
    hits: int
    last: datetime | None


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """What the tests of one document reach, with a test for each answer that none gets."""

    decision: str
    reached: int
    possible: int
    percent: int
    missed: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file: a decision with its rules."""

    decision: str
    title: str
    question: str
    strategy: str
    outcomes: tuple[str, ...]
    safe: str
    applies_to: str
    params: tuple[tuple[str, str, str], ...]
    rules: tuple[RuleLine, ...]
    kept: bool
    """Decisions of this kind are in the store; without, `hits` of its rules say nothing."""


@dataclass(frozen=True, slots=True)
class RuleReport:
    """A rule file with everything that its page shows."""

    file: str
    name: str
    origin: str
    state: str
    version: int | None
    owner: str
    hash: str
    text: str
    documents: tuple[Document, ...]
    passed: int
    failed: tuple[TestResult, ...]
    coverage: tuple[CoverageLine, ...]
    shadows: tuple[Mapping[str, Any], ...]
    live: str
    draft: str | None
    """The name of the draft or shadow beside it, if there is one."""


@dataclass(frozen=True, slots=True)
class RuleFile:
    """One line of the list: a file with how many stored decisions its rules took.

    `kept` is false for a file that is not in force, and where the store has no such decision.
    """

    name: str
    file: str
    decision: str
    title: str
    state: str
    origin: str
    version: int | None
    owner: str
    rules: int
    tests: int
    kept: bool
    hits: int
    last: datetime | None
    differing: int
    asked: int


def overview(ws: Workspace) -> tuple[RuleFile, ...]:
    """Every file in force, then drafts and shadows."""
    found, shadows = hits(ws), ws.rules.shadows()
    book = ws.rules.book()
    return tuple(_line(p, found, shadows) for p in (*book.packs.values(), *book.beside))


def _line(pack: Pack, found: Hits, shadows: list[dict[str, Any]]) -> RuleFile:
    ids = [r.id for r in pack.rules]
    ids = [*ids, "otherwise", "unknown"] if pack.state == "enforce" else []
    taken = [found[pack.decision, i] for i in ids if (pack.decision, i) in found]
    report = next((s for s in shadows if (s["file"], s["hash"]) == (pack.file, pack.hash)), None)
    return RuleFile(
        Path(pack.file).name,
        pack.file,
        pack.decision,
        pack.title,
        pack.state,
        pack.origin,
        pack.version,
        pack.owner,
        len(pack.rules),
        trials(pack),
        pack.state == "enforce" and _kept(pack, found),
        sum(h.count for h in taken),
        max((h.last for h in taken), default=None),
        report["differing"] if report else 0,
        report["asked"] if report else 0,
    )


def _kept(pack: Pack, found: Hits) -> bool:
    return any(decision == pack.decision for decision, _ in found)


def report(ws: Workspace, subject: str) -> RuleReport:
    """One file, by file name, path, decision or rule id; one in force comes first."""
    pack, text = find(ws, subject)
    source = RuleSource(pack.file, text, pack.origin)
    name = Path(pack.file).name
    looked = assess(source, types_of(ws), points_of(ws))
    beside = {Path(p.file).name for p in ws.rules.book().beside if p.origin == "project"}
    found = hits(ws)
    return RuleReport(
        file=pack.file,
        name=name,
        origin=pack.origin,
        state=pack.state,
        version=pack.version,
        owner=pack.owner,
        hash=substance(ws, source.name, source.text),
        text=source.text,
        documents=tuple(_document(p, found) for p in packs_of(ws, source.name, source.text)),
        passed=sum(r.passed for r in looked.tests),
        failed=tuple(r for r in looked.tests if not r.passed),
        coverage=tuple(_coverage(looked)),
        shadows=tuple(
            s for s in ws.rules.shadows() if (s["file"], s["hash"]) == (pack.file, pack.hash)
        ),
        live=live_name(name),
        draft=draft_name(name) if draft_name(name) in beside - {name} else None,
    )


def _coverage(looked: Assessment) -> Iterator[CoverageLine]:
    for one in looked.coverage:
        missed = tuple((m.what, m.test) for m in one.missed)
        yield CoverageLine(
            one.decision, one.leaves_reached, one.leaves_possible, one.percent, missed
        )


def _document(pack: Pack, found: Hits) -> Document:
    phrases = Phrases(pack.types)
    numbered = enumerate(pack.rules, start=1)
    rules = [_rule(n, r, phrases, found.get((pack.decision, r.id))) for n, r in numbered]
    for by, words in (("otherwise", "no rule holds"), ("unknown", "a needed field is not known")):
        hit = found.get((pack.decision, by))
        outcome = pack.otherwise if by == "otherwise" else pack.point.safe
        count, last = (hit.count, hit.last) if hit else (0, None)
        rules.append(RuleLine(None, by, outcome, "", (words,), "", None, None, count, last))
    params = tuple(
        (p.name, "nothing" if p.default is None else str(p.default), p.source or "this file")
        for p in pack.params.values()
    )
    return Document(
        pack.decision,
        pack.title,
        pack.point.title,
        pack.strategy,
        pack.point.outcomes,
        pack.point.safe,
        str(pack.applies_to),
        params,
        tuple(rules),
        _kept(pack, found),
    )


def _rule(number: int, rule: Rule, phrases: Phrases, hit: RuleHits | None) -> RuleLine:
    return RuleLine(
        number,
        rule.id,
        outcome_words(rule),
        code_words(rule.code),
        tuple(phrases.conditions(rule)) or ("always",),
        rule.because,
        rule.fix,
        rule.line,
        hit.count if hit else 0,
        hit.last if hit else None,
    )
