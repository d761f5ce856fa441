"""Benchmark of decisions: the shipped rules against a bare `if` chain and `Host.assert_fact`."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from durable.engine import Host, MessageNotHandledException
from tallystick import host as hosting
from tallystick.app.rulebook import Rules
from tallystick.decide.compiled import Compiled

from bench.figures import Figure, middle, spread
from bench.running import Options

_INTEGRATION = {"modules": ["projects", "timesheets"], "general_timesheets": True}
_CUTOFF = date(2026, 7, 1)
_DAY = timedelta(days=1)
_VARIETY = 1000
_ENGINE_SHARE = 20
"""The engine is asked for one decision in so many: it is slow, and a rate needs no more."""
Decide = Callable[[dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Question:
    """One decision point with its subjects and the same decision as a bare `if` chain."""

    name: str
    decide: Decide
    bare: Decide
    compiled: Compiled
    whole: Callable[[dict[str, Any]], dict[str, Any]]
    subjects: Sequence[dict[str, Any]]


def decisions(options: Options) -> Iterator[Figure]:
    """Decisions a second, warm, without explanations; the figures are printed only."""
    with tempfile.TemporaryDirectory() as folder:
        rules = Rules(Path(folder), hosting.load())
        for question in (_fetch(rules), _status(rules)):
            yield from _compared(question, options)
        rules.close()


def _compared(question: Question, options: Options) -> Iterator[Figure]:
    for subject in question.subjects:
        found = question.decide(subject)
        if (found.outcome, found.by) != question.bare(subject):
            raise RuntimeError(f"the bare chain differs from {question.name} on {subject}")
    engine = _asserting(question.compiled)
    facts = [_fact(question.compiled, question.whole(s)) for s in question.subjects]
    rates: dict[str, list[float]] = {"ours": [], "bare": [], "engine": []}
    for _ in range(options.runs):
        rates["ours"].append(_rate(question.decide, question.subjects, options.size))
        rates["bare"].append(_rate(question.bare, question.subjects, options.size))
        few = max(1, options.size // _ENGINE_SHARE)
        rates["engine"].append(_rate(engine, facts, few))
    ours = middle(rates["ours"])
    for name, against, must in (
        ("bare", "a bare Python if chain", "reach for >= 0.5 x"),
        ("engine", "durable_rules Host.assert_fact + retract_fact", "reach for >= 4 x"),
    ):
        yield Figure(
            f"decisions {question.name}",
            ours,
            "decisions per second",
            against,
            ours / middle(rates[name]),
            must,
            None,
            f"ours {spread(rates['ours'])}; against {spread(rates[name])}",
        )


def _rate(decide: Decide, subjects: Sequence[dict[str, Any]], count: int) -> float:
    rounds = max(1, count // len(subjects))
    chosen = subjects[:count]
    begun = time.process_time()
    for _ in range(rounds):
        for subject in chosen:
            decide(subject)
    return rounds * len(chosen) / (time.process_time() - begun)


def _fetch(rules: Rules) -> Question:
    decider = rules.decider("record.fetch", fixed={"integration": _INTEGRATION})
    subjects = [{"record": _entry(n)} for n in range(_VARIETY)]
    compiled = rules.book().compiled("record.fetch")
    return Question("record.fetch", decider, _bare_fetch, compiled, decider.full, subjects)


def _entry(n: int) -> dict[str, Any]:
    return {
        "external_id": str(4700 * 10**14 + n),
        "type": "time_entry",
        "module": "timesheets",
        "kind": "task",
        "general": False,
        "lookalike": n % 97 == 0,
        "billable": n % 10 != 0,
        "approval": "pending" if n % 20 == 3 else "approved",
        "minutes": n * 7 % 480,
        "work_date": date(2026, 6, 1) + n % 60 * _DAY,
        "state": None,
        "late": False,
    }


def _bare_fetch(subject: dict[str, Any]) -> tuple[str, str]:  # noqa: PLR0911 - a bare chain
    record = subject["record"]
    if record["module"] not in _INTEGRATION["modules"]:  # type: ignore[operator]
        return "skip", "module-off"
    if record["type"] == "time_entry":
        if record["general"] is True and _INTEGRATION["general_timesheets"] is False:
            return "skip", "general-off"
        if record["billable"] is False:
            return "skip", "not-billable"
        if record["approval"] in {"pending", "rejected"}:
            return "skip", "not-approved"
        if record["minutes"] <= 0:
            return "skip", "no-time"
        if record["minutes"] > 1440:
            return "skip", "too-long"
        if record["lookalike"] is True:
            return "skip", "looks-like-one-invoiced"
        if record["billable"] is True and record["approval"] == "approved":
            return "accept", "work-to-bill"
        return "skip", "not-understood"
    if record["type"] in {"task", "bug"}:
        return "accept", "comes-with-its-project"
    return "skip", "otherwise"


def _status(rules: Rules) -> Question:
    decider = rules.decider("time_entry.status", params={"mode": "date", "cutoff": _CUTOFF})
    subjects = [{"time_entry": _entry(n)} for n in range(_VARIETY)]
    compiled = rules.book().compiled("time_entry.status")
    return Question("time_entry.status", decider, _bare_status, compiled, decider.full, subjects)


def _bare_status(subject: dict[str, Any]) -> tuple[str, str]:
    entry = subject["time_entry"]
    before = entry["work_date"] < _CUTOFF
    if entry["state"] == "opening_invoiced" and not before:
        return "invoiced", "kept"
    if before:
        if entry["late"] is True:
            return "invoiced", "late-before-cutoff"
        if entry["state"] == "unbilled":
            return "invoiced", "re-dated-before-cutoff"
        return "invoiced", "before-cutoff"
    if entry["state"] is None or entry["state"] in {"held", "non_billable", "unbilled"}:
        return "unbilled", "from-cutoff"
    return "hold", "otherwise"


def _asserting(compiled: Compiled) -> Decide:
    """Asking durable_rules for each decision, as its documentation does: assert, then retract."""
    found: list[str] = []

    def fired(name: str) -> Callable[[Any], None]:
        return lambda _closure: found.append(name)

    numbers = {literal: n for n, literal in enumerate(compiled.literals)}
    definition: dict[str, Any] = {}
    for rule in compiled.pack.rules:
        parts = rule.when.parts if rule.when.op == "and" else (rule.when,)
        tests = [{f"a{numbers[p]}": 1} for p in parts]
        definition[rule.id] = {"all": [{"m": {"$and": tests}}], "run": fired(rule.id)}
    host = Host({f"bench-{compiled.pack.decision}": definition})

    def decide(fact: dict[str, Any]) -> Any:
        found.clear()
        try:
            host.assert_fact(f"bench-{compiled.pack.decision}", dict(fact))
            host.retract_fact(f"bench-{compiled.pack.decision}", dict(fact))
        except MessageNotHandledException:
            return None
        return found[:1]

    return decide


def _fact(compiled: Compiled, whole: dict[str, Any]) -> dict[str, Any]:
    values = compiled.values(whole)
    return {"id": "1", **{f"a{n}": int(v == 1) for n, v in enumerate(values)}}
