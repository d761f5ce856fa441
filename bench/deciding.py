"""Benchmark of decisions: the shipped rules against a bare `if` chain and `Host.assert_fact`.

The chains have every rule of their file, as a person would write them for speed: grouped, settings
read where they are needed, and no thought given to fields that are absent or of another type.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
from durable.engine import Host, MessageNotHandledException
from tallystick import host as hosting
from tallystick.app.rulebook import Rules
from tallystick.decide.compiled import Compiled

from bench import flat, peer
from bench.figures import Figure, at_least, middle, spread
from bench.running import Options

_INTEGRATION = {"modules": ["projects", "timesheets"], "general_timesheets": True}
_FETCH = {"require_approval": True, "max_minutes": 1440, "reentry": "hold"}
_STATUS = {"mode": "date", "cutoff": date(2026, 7, 1), "late_backdated": "opening_invoiced"}
_UNBILLED = frozenset(
    (None, "held", "non_billable", "unbilled", "claimed", "in_doubt", "invoiced", "tombstone")
)
_DAY = timedelta(days=1)
_VARIETY = 1000
_ENGINE_SHARE = 20
"""The engine is asked for one decision in so many: it is slow, and a rate needs no more."""
_PEER_SECONDS = 0.5
"""CPU time that each of the other engines gets in a round."""
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
    """Decisions a second, warm, without explanations, of both files against both."""
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
    others: list[dict[str, float]] = []
    for _ in range(options.runs):
        rates["ours"].append(_rate(question.decide, question.subjects, options.size))
        rates["bare"].append(_rate(question.bare, question.subjects, options.size))
        few = max(1, options.size // _ENGINE_SHARE)
        rates["engine"].append(_rate(engine, facts, few))
        if options.peer:
            others.append(peer.engines(_told(question), _PEER_SECONDS))
    ours = middle(rates["ours"])
    for name, against, least in (
        ("bare", "a bare Python if chain", 0.5),
        ("engine", "durable_rules Host.assert_fact + retract_fact", 4),
    ):
        ratio = ours / middle(rates[name])
        yield Figure(
            f"decisions {question.name}",
            ours,
            "decisions per second",
            against,
            ratio,
            f">= {least} x",
            at_least(ratio, least),
            f"ours {spread(rates['ours'])}; against {spread(rates[name])}",
        )
    for name, words in peer.ENGINES.items() if others else ():
        theirs = [one[name] for one in others]
        yield Figure(
            f"decisions {question.name}",
            ours,
            "decisions per second",
            words,
            ours / middle(theirs),
            "printed only",
            None,
            spread(theirs),
        )


def _told(question: Question) -> bytes:
    """The question as other engines are asked it."""
    rules = flat.rules(question.compiled)
    names = {name for _, condition in rules for name in flat.names(condition)}
    facts = [flat.fact(question.whole(s), names) for s in question.subjects]
    expected = [question.bare(s)[1] for s in question.subjects]
    return orjson.dumps({"rules": rules, "facts": facts, "expected": expected})


def _rate(decide: Decide, subjects: Sequence[dict[str, Any]], count: int) -> float:
    rounds = max(1, count // len(subjects))
    chosen = subjects[:count]
    begun = time.process_time()
    for _ in range(rounds):
        for subject in chosen:
            decide(subject)
    return rounds * len(chosen) / (time.process_time() - begun)


def _fetch(rules: Rules) -> Question:
    decider = rules.decider("record.fetch", params=_FETCH, fixed={"integration": _INTEGRATION})
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
        "reopened": False,
    }


def _bare_fetch(subject: dict[str, Any]) -> tuple[str, str]:  # noqa: C901, PLR0911 - a chain
    record = subject["record"]
    kind = record["type"]
    if record["module"] not in _INTEGRATION["modules"]:  # type: ignore[operator]
        return "skip", "module-off"
    if kind == "time_entry":
        if record["general"] is True and _INTEGRATION["general_timesheets"] is False:
            return "skip", "general-off"
        if record["billable"] is False:
            return "skip", "not-billable"
        if _FETCH["require_approval"] and record["approval"] in {"pending", "rejected"}:
            return "skip", "not-approved"
        if record["minutes"] <= 0:
            return "skip", "no-time"
        if record["minutes"] > _FETCH["max_minutes"]:
            return "skip", "too-long"
        if _FETCH["reentry"] == "hold" and record["lookalike"] is True:
            return "skip", "looks-like-one-invoiced"
        approved = record["approval"] == "approved" or (
            not _FETCH["require_approval"] and record["approval"] == "pending"
        )
        general = record["general"] is False or _INTEGRATION["general_timesheets"] is True
        new = record["lookalike"] is False or _FETCH["reentry"] == "off"
        if record["billable"] is True and approved and general and new:
            return "accept", "work-to-bill"
        return "skip", "not-understood"
    if kind == "project":
        return _bare_project(record)
    if kind in {"task", "bug"}:
        return "accept", "comes-with-its-project"
    if kind == "user" and record["email_state"] in {"missing", "shared"}:
        return "skip", "unusable-email"
    if kind == "user" and record["email_state"] == "ok":
        return "accept", "person"
    return "skip", "otherwise"


def _bare_project(record: dict[str, Any]) -> tuple[str, str]:
    if not record["primary_client"]:
        return "skip", "no-client"
    own, customers = record["currency"], record["customer_currency"]
    if own is not None and customers is not None and own != customers:
        return "skip", "other-currency"
    return "accept", "project-with-client"


def _status(rules: Rules) -> Question:
    decider = rules.decider("time_entry.status", params=_STATUS)
    subjects = [{"time_entry": _entry(n)} for n in range(_VARIETY)]
    compiled = rules.book().compiled("time_entry.status")
    return Question("time_entry.status", decider, _bare_status, compiled, decider.full, subjects)


def _bare_status(subject: dict[str, Any]) -> tuple[str, str]:
    entry = subject["time_entry"]
    state = entry["state"]
    if entry["reopened"] is True and _STATUS["mode"] in {"date", "all_unbilled"}:
        return "unbilled", "re-opened"
    if _STATUS["mode"] == "date":
        before = entry["work_date"] < _STATUS["cutoff"]
        if state == "opening_invoiced" and not before:
            return "invoiced", "kept"
        if before:
            if entry["late"] is True:
                waits = _STATUS["late_backdated"] == "hold"
                return ("hold", "late-waits") if waits else ("invoiced", "late-before-cutoff")
            again = state == "unbilled"
            return "invoiced", "re-dated-before-cutoff" if again else "before-cutoff"
        return ("unbilled", "from-cutoff") if state in _UNBILLED else ("hold", "otherwise")
    if _STATUS["mode"] == "all_unbilled":
        if state == "opening_invoiced":
            return "invoiced", "kept"
        known = entry["work_date"] is not None and state in _UNBILLED
        return ("unbilled", "all-unbilled") if known else ("hold", "otherwise")
    return "hold", "unanswered"


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
