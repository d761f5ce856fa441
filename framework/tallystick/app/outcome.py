"""Storing what planning and applying came to: decisions, states, errors, module counts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tallystick.app.ledger import find_doubles
from tallystick.app.workspace import Workspace
from tallystick.apply.runner import Problem, Tally
from tallystick.apply.sweep import operation_of
from tallystick.decide.named import Named
from tallystick.model.codes import CODES
from tallystick.model.connection import MODULES
from tallystick.model.decision import Decision
from tallystick.model.record import RecordKey
from tallystick.plan.context import Decider, Issue, Setting, Taken
from tallystick.plan.work import CODE_OF_CHILD
from tallystick.store import DecisionInput, ErrorInput, IntegrationData, RunData, dumps

_SKIP = frozenset({"content_hash", "first_seen_run", "last_seen_run", "extra", "marker"})
_QUIET = frozenset({"accept", "unbilled", "invoiced"})
_PLAIN = frozenset({"TS-03"})
"""Outcomes and codes whose words are made when they are shown, from what the rules named of the
subject: nobody has to do anything about them, and most time entries have one.
"""


_FRAMES_MAX = 1000


class DecisionLog:
    """Stores the decisions of a planning whose outcome is new or changed."""

    def __init__(self, ws: Workspace, setting: Setting, run_id: int) -> None:
        self._packs = ws.rules.book().packs
        self._ws = ws
        self._integration = setting.integration
        self._run_id = run_id
        self._frames: dict[tuple[Any, ...], Frame] = {}
        self._agree: dict[tuple[int, int], bool] = {}

    def store(self, taken: Sequence[Taken]) -> None:
        """Store what is new or changed among these, which are in the order they were taken."""
        decisions = self._ws.store.decisions
        fresh = decisions.fresh([(t.decision, t.key) for t in taken])
        decisions.add(self._chosen(taken, fresh), now=self._ws.clock.now())

    def _chosen(self, taken: Sequence[Taken], fresh: Sequence[bool]) -> Iterator[DecisionInput]:
        """Those to be stored; a quiet one goes along with the quiet one it led to."""
        led: Taken | None = None
        for number, (one, new) in enumerate(zip(taken, fresh, strict=True)):
            if led is not None:
                if new or fresh[number - 1]:
                    yield self._quiet(one, led)
                led = None
            elif number + 1 < len(taken) and self._leads(one, taken[number + 1]):
                led = one
            elif new:
                yield self._quiet(one) if _is_quiet(one.decision) else self._loud(one)

    def _leads(self, one: Taken, following: Taken) -> bool:
        """True when a quiet decision is followed by a quiet one that it can go along with."""
        if one.key is not following.key or not _is_quiet(one.decision):
            return False
        return _is_quiet(following.decision) and self._agreed(one.decider, following.decider)

    def _agreed(self, one: Decider, other: Decider) -> bool:
        """True when no parameter of the same name has two values; deciders outlive a planning."""
        known = self._agree.get((id(one), id(other)))
        if known is None:
            before, after = one.full({})["params"], other.full({})["params"]
            known = all(after.get(name, value) == value for name, value in before.items())
            self._agree[id(one), id(other)] = known
        return known

    def _quiet(self, taken: Taken, led: Taken | None = None) -> DecisionInput:
        """A decision in whose words nobody is interested yet: what the rules named is enough."""
        key = _alike(taken) if led is None else (*_alike(led), *_alike(taken))
        frame = self._frames.get(key)
        if frame is None:
            if len(self._frames) >= _FRAMES_MAX:
                self._frames.clear()
            frame = self._frames[key] = self._frame(taken, led)
        subject = taken.subject if led is None else {**led.subject, **taken.subject}
        return self._input(taken, frame.subject(subject), led_by=frame.led_by, hash=frame.pack_hash)

    def _frame(self, taken: Taken, led: Taken | None) -> "Frame":
        decided = [t for t in (led, taken) if t is not None]
        packs = [self._packs[t.decision.decision] for t in decided]
        fixed: dict[str, Any] = {"params": {}}
        for one in decided:
            inputs = one.decider.full({})
            fixed = {**fixed, **inputs, "params": {**fixed["params"], **inputs["params"]}}
        led_by = []
        if led is not None:
            first = led.decision
            led_by = [[first.decision, first.outcome, first.by, first.code, packs[0].hash]]
        named = Named(*packs)
        return Frame(named, dumps(named.of(fixed)), dumps(led_by), packs[-1].hash)

    def _loud(self, taken: Taken) -> DecisionInput:
        words = taken.decider.explain(taken.decision, taken.subject, advice=False)
        evidence = [
            {"path": e.path, "value": e.value, "test": e.test, "holds": e.holds}
            for e in words.evidence
        ]
        subject = dumps(_trim(taken.decider.full(taken.subject)))
        hash = self._packs[taken.decision.decision].hash
        made = self._input(taken, subject, evidence=dumps(evidence), hash=hash)
        return made._replace(because=words.because, fix=words.fix, place=words.place)

    def _input(
        self, taken: Taken, subject: str, *, hash: str, evidence: str = "[]", led_by: str = "[]"
    ) -> DecisionInput:
        decision = taken.decision
        return DecisionInput(
            integration=self._integration,
            decision=decision.decision,
            key=taken.key,
            outcome=decision.outcome,
            by=decision.by,
            code=decision.code,
            because="",
            fix=None,
            place="",
            nearest=None,
            evidence=evidence,
            subject=subject,
            pack_hash=hash,
            versions=dumps({str(taken.key): taken.version}),
            run_id=self._run_id,
            led_by=led_by,
        )


@dataclass(frozen=True, slots=True)
class Frame:
    """What quiet decisions alike have in common when they are stored."""

    named: Named
    fixed: str
    """What they saw of the settings, as JSON."""
    led_by: str
    pack_hash: str

    def subject(self, own: Mapping[str, Any]) -> str:
        """What one of them saw, as JSON."""
        text = dumps(self.named.of(own))
        if text == "{}":
            return self.fixed
        return text if self.fixed == "{}" else f"{text[:-1]},{self.fixed[1:]}"


def _alike(taken: Taken) -> tuple[Any, ...]:
    decision = taken.decision
    return decision.decision, decision.outcome, decision.by, decision.code, id(taken.decider)


def _is_quiet(decision: Decision) -> bool:
    return decision.outcome in _QUIET or decision.code in _PLAIN


def _trim(subject: Mapping[str, object]) -> dict[str, object]:
    """The subject without columns that no rule can name."""
    trimmed: dict[str, object] = {}
    for name, value in subject.items():
        if isinstance(value, Mapping):
            trimmed[name] = {n: v for n, v in value.items() if n not in _SKIP}
        else:
            trimmed[name] = value
    return trimmed


def store_issues(
    ws: Workspace,
    setting: Setting,
    run: RunData,
    issues: Sequence[Issue],
    modules: Sequence[str],
) -> None:
    """Replace the open errors of the modules that could be judged (R-221)."""
    ws.store.errors.sync(
        setting.integration,
        [m for m in MODULES if m in modules],
        [error_input(i) for i in issues],
        now=ws.clock.now(),
        run_id=run.id,
    )


def store_counts(
    ws: Workspace, run: RunData, counts: Mapping[str, Mapping[str, int]], modules: Sequence[str]
) -> None:
    """Note what planning came to in each module (R-037)."""
    for module in modules:
        found = counts.get(module, {})
        ws.store.runs.module(
            run.id,
            module,
            state="done",
            read=found.get("read", 0),
            skipped=found.get("skipped", 0),
            held=found.get("held", 0),
            failed=found.get("failed", 0),
            finished_at=ws.clock.now(),
        )


def error_input(issue: Issue) -> ErrorInput:
    """An issue as an error row."""
    entry = CODES.get(issue.code)
    return ErrorInput(
        module=issue.module,
        key=issue.key,
        title=issue.title,
        code=issue.code,
        severity=entry.severity if entry else "H",
        kind=issue.kind,
        reason=issue.reason,
        fix=issue.fix or (entry.fix if entry else None),
        cause=issue.cause,
        minutes=issue.minutes,
    )


_WAY_OUT = (
    "The next sync looks again. If you know that nothing was made: "
    "tallystick billing release {reference}"
)


def double_issues(ws: Workspace, setting: Setting) -> list[Issue]:
    """Work that is billed, or stands in the accounts, twice: always flagged (I-01)."""
    return [
        Issue(
            "timesheets",
            key,
            words,
            "INV-01",
            "root",
            f"Billed or entered twice: {words}.",
            "Void one of the invoices, or delete the second entry, in the accounts.",
        )
        for key, words in find_doubles(ws, setting, ws.store.outbox.claims())
    ]


def outbox_issues(ws: Workspace, row: IntegrationData) -> list[Issue]:
    """Writes whose outcome is unknown or in conflict, as error rows of their source records."""
    return [
        Issue(
            operation.module or "timesheets",
            operation_of(operation).source
            or RecordKey(operation.connection_id, operation.type, operation.reference),
            operation.title,
            operation.code or "INV-03",
            "root",
            operation.message or "The outcome of the write is not known.",
            _WAY_OUT.format(reference=operation.reference),
        )
        for operation in ws.store.outbox.need_a_person(row.name)
    ]


def applied_issues(tally: Tally) -> list[Issue]:
    """Operations that were not done, as error rows of their source records."""
    return [_issue(p, p.operation.source) for p in tally.problems if p.operation.source]


def _issue(problem: Problem, key: RecordKey) -> Issue:
    operation, cause = problem.operation, problem.cause
    if problem.what != "held" or cause is None:
        code, kind, reason = problem.code, "root", problem.message
    else:
        code, kind = cascade_code(key.type, cause.type), "cascade"
        reason = f"It waits for {cause.type} {cause.external_id}: {problem.message}"
    return Issue(
        operation.module or "timesheets",
        key,
        operation.title,
        code,
        kind,
        reason,
        cause=(cause.type, cause.external_id) if cause else None,
    )


def cascade_code(waiting: str, cause: str) -> str:
    """The code of a record that waits for another: what waits, and what it waits for."""
    if waiting != "time_entry":
        return CODE_OF_CHILD.get(waiting, "TS-01")
    return {"user": "TS-11", "task": "TS-02", "bug": "TS-02"}.get(cause, "TS-01")
