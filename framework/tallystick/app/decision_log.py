"""Decisions of a planning on their way into the store: new or changed, in as few words as serve."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tallystick.app.workspace import Workspace
from tallystick.decide.named import Named
from tallystick.decide.packs import Pack
from tallystick.decide.routing import Routed
from tallystick.model.decision import Decision
from tallystick.plan.context import Decider, Setting, Taken
from tallystick.store import DecisionInput, dumps

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

    def _pack(self, taken: Taken) -> Pack:
        """The file that decided: of several, the one that applies to the record."""
        if isinstance(taken.decider, Routed):
            return taken.decider.pack_for(taken.subject)
        return self._packs[taken.decision.decision]

    def _alike(self, taken: Taken) -> tuple[Any, ...]:
        """What decisions have in common that are stored alike."""
        decision, decider = taken.decision, taken.decider
        name = decider.pack_for(taken.subject).hash if isinstance(decider, Routed) else ""
        key = (decision.decision, decision.outcome, decision.by, decision.code)
        return (*key, id(decider), name)

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
        key = self._alike(taken) if led is None else (*self._alike(led), *self._alike(taken))
        frame = self._frames.get(key)
        if frame is None:
            if len(self._frames) >= _FRAMES_MAX:
                self._frames.clear()
            frame = self._frames[key] = self._frame(taken, led)
        subject = taken.subject if led is None else {**led.subject, **taken.subject}
        return self._input(taken, frame.subject(subject), led_by=frame.led_by, hash=frame.pack_hash)

    def _frame(self, taken: Taken, led: Taken | None) -> "Frame":
        decided = [t for t in (led, taken) if t is not None]
        packs = [self._pack(t) for t in decided]
        fixed: dict[str, Any] = {"params": {}}
        for one in decided:
            whole = one.decider.full(one.subject)
            inputs = {n: v for n, v in whole.items() if n not in one.subject}
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
        hash = self._pack(taken).hash
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
