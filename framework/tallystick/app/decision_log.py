"""Decisions on their way into the store: new or changed, in as few words as serve."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tallystick.app.workspace import Workspace
from tallystick.decide.named import Named
from tallystick.decide.packs import Pack
from tallystick.decide.routing import Routed
from tallystick.model.decision import Decision
from tallystick.plan.context import Decider, Taken
from tallystick.store import DecisionInput, dumps
from tallystick.store.decisions import Place, Verdict

_SKIP = frozenset({"content_hash", "first_seen_run", "last_seen_run", "extra", "marker"})
_QUIET = frozenset({"accept", "unbilled", "invoiced", "push", "allow", "apart"})
_PLAIN = frozenset({"TS-03", "INV-01"})
"""Outcomes and codes whose words are made when they are shown, from what the rules named of the
subject: nobody has to do anything about them, and most time entries have one.
"""
_UNSAID = frozenset({("record.push", "push")})
"""What counts as said of a record that has other decisions: it would not have been judged else."""
INTEGRATION = "integration"
"""The type of a decision's key that is about an integration itself, named by its id."""
_FRAMES_MAX, _ITEMS_MAX = 1000, 5000


class DecisionLog:
    """Stores decisions of an integration whose outcome is new or changed.

    Quiet decisions go along with the one they led to, in one row.
    """

    def __init__(self, ws: Workspace, integration: str, run_id: int | None) -> None:
        self._packs = ws.rules.book().packs
        self._ws = ws
        self._integration = integration
        self._run_id = run_id
        self._frames: dict[tuple[Any, ...], Frame] = {}
        self._known: dict[tuple[int, ...], tuple[Frame, Any]] = {}
        self._agree: dict[tuple[int, int], bool] = {}

    def store(self, taken: Sequence[Taken]) -> None:
        """Store what is new or changed among these, which are in the order they were taken."""
        decisions = self._ws.store.decisions
        chains = list(self._chains(taken))
        known = decisions.latest_of([chain[-1].key for chain in chains])
        new = (chain for chain in chains if _differs(chain, known))
        decisions.add(map(self._row, new), now=self._ws.clock.now())

    def keep(self, taken: Taken) -> None:
        """Store one decision, whatever was decided before: for acts that people ask for."""
        self._ws.store.decisions.add([self._loud([taken])], now=self._ws.clock.now())

    def _chains(self, taken: Sequence[Taken]) -> Iterator[Sequence[Taken]]:
        """Each decision that is stored in a row, behind those that led to it."""
        start, last = 0, len(taken) - 1
        for number, one in enumerate(taken):
            if number < last and one.key is taken[number + 1].key and _is_quiet(one.decision):
                following = taken[number + 1].decider
                if self._agree.get((id(one.decider), id(following))) or self._agreed(
                    one.decider, following
                ):
                    continue
            yield taken[start : number + 1]
            start = number + 1

    def _row(self, chain: Sequence[Taken]) -> DecisionInput:
        return self._quiet(chain) if _is_quiet(chain[-1].decision) else self._loud(chain)

    def _pack(self, taken: Taken) -> Pack:
        """The file that decided: of several, the one that applies to the record."""
        if isinstance(taken.decider, Routed):
            return taken.decider.pack_for(taken.subject)
        return self._packs[taken.decision.decision]

    def _agreed(self, one: Decider, other: Decider) -> bool:
        """True when no parameter of the same name has two values; deciders outlive a planning."""
        known = self._agree.get((id(one), id(other)))
        if known is None:
            before, after = one.full({})["params"], other.full({})["params"]
            known = all(after.get(name, value) == value for name, value in before.items())
            self._agree[id(one), id(other)] = known
        return known

    def _quiet(self, chain: Sequence[Taken]) -> DecisionInput:
        """A decision in whose words nobody is interested yet: what the rules named is enough."""
        frame = self._framed(chain)
        subject = chain[0].subject
        for one in chain[1:]:
            subject = {**subject, **one.subject}
        return self._input(
            chain[-1], frame.subject(subject), led_by=frame.led_by, hash=frame.pack_hash
        )

    def _framed(self, chain: Sequence[Taken]) -> "Frame":
        """The frame of decisions alike; most of one verdict are one object, which is found faster
        than what is equal. Objects that are known are kept, so that none gets another's identity.
        """
        key: list[int] = []
        for one in chain:
            key += (id(one.decision), id(one.decider))
            if isinstance(one.decider, Routed):
                key.append(id(one.decider.pack_for(one.subject)))
        known = self._known.get(tuple(key))
        if known is not None:
            return known[0]
        if len(self._known) >= _FRAMES_MAX:
            self._known.clear()
            self._frames.clear()
        alike = tuple(self._alike(one) for one in chain)
        frame = self._frames.get(alike)
        if frame is None:
            frame = self._frames[alike] = self._frame(chain)
        self._known[tuple(key)] = frame, [(one.decision, one.decider) for one in chain]
        return frame

    def _alike(self, taken: Taken) -> tuple[Any, ...]:
        """What decisions have in common that are stored alike."""
        d, decider = taken.decision, taken.decider
        name = decider.pack_for(taken.subject).hash if isinstance(decider, Routed) else ""
        return (d.decision, d.outcome, d.by, d.code, d.bound is None, id(decider), name)

    def _frame(self, chain: Sequence[Taken]) -> "Frame":
        fixed: dict[str, Any] = {"params": {}}
        for one in chain:
            whole = one.decider.full(one.subject)
            inputs = {n: v for n, v in whole.items() if n not in one.subject}
            fixed = {**fixed, **inputs, "params": {**fixed["params"], **inputs["params"]}}
        named = Named(*(self._pack(one) for one in chain))
        bound = any(_binds(self._pack(one), one.decision) for one in chain)
        return Frame(
            named,
            {} if bound else named.items,
            dumps(named.of(fixed)),
            self._led_by(chain),
            self._pack(chain[-1]).hash,
        )

    def _led_by(self, chain: Sequence[Taken]) -> str:
        decided = [(one.decision, self._pack(one)) for one in chain[:-1]]
        return dumps([[d.decision, d.outcome, d.by, d.code, pack.hash] for d, pack in decided])

    def _loud(self, chain: Sequence[Taken]) -> DecisionInput:
        taken = chain[-1]
        words = taken.decider.explain(taken.decision, taken.subject, advice=False)
        evidence = [
            {"path": e.path, "value": e.value, "test": e.test, "holds": e.holds}
            for e in words.evidence
        ]
        whole: dict[str, Any] = {"params": {}}
        for one in chain:
            full = one.decider.full(one.subject)
            whole = {**whole, **full, "params": {**whole["params"], **full["params"]}}
        made = self._input(
            taken,
            dumps(_trim(whole)),
            evidence=dumps(evidence),
            led_by=self._led_by(chain),
            hash=self._pack(taken).hash,
        )
        return made._replace(because=words.because, fix=words.fix, place=words.place)

    def _input(
        self, taken: Taken, subject: str, *, hash: str, evidence: str = "[]", led_by: str = "[]"
    ) -> DecisionInput:
        decision, key = taken.decision, taken.key
        versions = dumps({f"{key.type}:{key.external_id}": taken.version})
        return DecisionInput(  # by place: there is one for each entry of a first sync
            self._integration,
            decision.decision,
            key,
            decision.outcome,
            decision.by,
            decision.code,
            "",
            None,
            "",
            None,
            evidence,
            subject,
            hash,
            versions,
            self._run_id,
            led_by,
        )


@dataclass(slots=True)
class Frame:
    """What quiet decisions alike have in common when they are stored."""

    named: Named
    items: Mapping[str, tuple[str, ...]]
    """By list, what is kept of its items; other lists are kept whole."""
    fixed: str
    """What they saw of the settings, as JSON."""
    led_by: str
    pack_hash: str
    _cut: dict[int, dict[str, Any]] = field(default_factory=dict)
    _uncut: list[Any] = field(default_factory=list)
    """Items that were cut, kept so that no other gets their identity."""

    def subject(self, own: Mapping[str, Any]) -> str:
        """What one of them saw, as JSON."""
        found, cut = self.named.of(own), self._cut
        for name in self.items:
            members = found.get(name)
            if type(members) is list:
                # an item with nothing to keep is cut anew, which is rare
                found[name] = [cut.get(id(m)) or self._item(name, m) for m in members]
        text = dumps(found)
        if text == "{}":
            return self.fixed
        return text if self.fixed == "{}" else f"{text[:-1]},{self.fixed[1:]}"

    def _item(self, name: str, member: Mapping[str, Any]) -> Mapping[str, Any]:
        """An item without what no condition asks; many records hang on the same one."""
        if len(self._uncut) >= _ITEMS_MAX:
            self._cut.clear()
            self._uncut.clear()
        cut = {n: member[n] for n in self.items[name] if n in member}
        self._cut[id(member)] = cut
        self._uncut.append(member)
        return cut


def _differs(chain: Sequence[Taken], latest: Mapping[Place, Mapping[str, Verdict]]) -> bool:
    """True when a decision is another than the record's latest of its point."""
    key = chain[-1].key
    known = latest.get((key.connection_id, key.type, key.external_id))
    for one in reversed(chain):
        decision = one.decision
        before = known.get(decision.decision) if known is not None else None
        if before is None:
            if (decision.decision, decision.outcome) not in _UNSAID:
                return True
        elif before != (decision.outcome, decision.by, decision.code):
            return True
    return False


def _binds(pack: Pack, decision: Decision) -> bool:
    """True when the words of a decision speak of one item of a list, so that lists stay whole."""
    rule = next((r for r in pack.rules if r.id == decision.by), None)
    return decision.bound is not None or bool(rule and rule.binds)


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
