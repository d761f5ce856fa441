"""What is so in an office now, as invariants speak of it.

Invoices and copies come from the simulated accounts themselves, states and errors from the
store, so an invariant compares what the framework believes with what is true.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tallystick.app import ledger
from tallystick.decide.atoms import compile_formula
from tallystick.decide.model import TRUE, Invariant
from tallystick.testing.office import Office, Taken
from tallystick.testing.steps import NO_STEP_FAILS, Step

Thing = Mapping[str, Any]
"""A thing and its lists, as a condition of `must` reads them."""

_NO_STEP_FAILS = Invariant(NO_STEP_FAILS, 0, scope="history", for_each="step")


@dataclass(frozen=True, slots=True)
class Violation:
    """An invariant that does not hold of a thing, and the thing; `error` is what a test raised."""

    invariant: Invariant
    thing: Thing
    error: Exception | None = field(default=None, compare=False)

    def __str__(self) -> str:
        what = self.invariant.for_each or "thing"
        said = ", ".join(f"{k} {v}" for k, v in self.thing.get(what, {}).items())
        lists = [
            f"{name}: {len(items)}" for name, items in self.thing.items() if isinstance(items, list)
        ]
        return f"{self.invariant.id} does not hold of the {what} ({'; '.join([said, *lists])})"


Check = Callable[[Office], Violation | None]
"""What is wrong with an office by other words than those of a rule file."""


def things(office: Office, kind: str) -> Iterator[Thing]:
    """Everything of a kind that `for_each` names, but steps."""
    if kind == "time_entry":
        return _entries(office)
    if kind == "project":
        return _projects(office)
    if kind == "pair":
        return _pairs(office)
    return _errors(office)


def _entries(office: Office) -> Iterator[Thing]:
    store, row = office.ws.store, office.ws.integration(None)
    pairs = store.links.by_target(row.target, "time_entry")
    holders, copies = _holders(office), _copies(office)
    claims = [c for c in store.outbox.claims() if c.kind == "time_entry"]
    states = store.states.get_many(row.source, office.logs)
    doubles = ledger.ledger(office.ws, verify=True).doubles
    of_log: dict[str, list[str]] = {}
    for entry, marker in copies.items():
        log = pairs[entry][1] if entry in pairs else marker
        of_log.setdefault(log, []).append(entry)
    # an entry that a lost answer left has the mark of its log, and no pair yet
    known = {copies[e]: log for e, (_, log) in pairs.items() if e in copies}
    for name in [n for n in of_log if n in known]:
        of_log.setdefault(known[name], []).extend(of_log.pop(name))
    for log in dict.fromkeys([*office.logs, *of_log]):
        state = states.get(log)
        entries = of_log.get(log, [])
        flagged = any(e in words for words in doubles for e in [log, *entries])
        yield {
            "time_entry": {
                "id": log,
                "state": state.state if state else None,
                "minutes": state.minutes if state else 0,
                "copies": len(entries),
                "flagged": flagged,
                "reasons": len(state.codes) if state else 0,
            },
            "lines_in_force": [line for entry in entries for line in holders.get(entry, ())],
            "claims": [
                {"state": c.state, "invoice": c.invoice_number or c.invoice_id}
                for c in claims
                if c.source_id == log
            ],
        }


def _copies(office: Office) -> dict[str, str]:
    """Entries of the accounts by id, with the mark of the log each stands for."""
    found = {}
    for entry in office.people.entries():
        mark = entry["notes"].rsplit("[ts:", 1)
        found[str(entry["time_entry_id"])] = mark[1].strip(" ]") if len(mark) > 1 else "by hand"
    return found


def _holders(office: Office) -> dict[str, list[dict[str, Any]]]:
    """Lines in force by entry of the accounts."""
    found: dict[str, list[dict[str, Any]]] = {}
    for head in office.people.invoices():
        if head["status"] == "void":
            continue
        invoice = str(head["invoice_id"])
        line_of = {
            "invoice": invoice,
            "made": "a person" if invoice in office.by_hand else "ours",
            "revived": invoice in office.revived,
        }
        for line in office.people.invoice(invoice)["line_items"]:
            for entry in line.get("time_entry_ids") or ():
                found.setdefault(str(entry), []).append(line_of)
    return found


def _projects(office: Office) -> Iterator[Thing]:
    states = office.ws.store.states.get_many(office.source, office.logs)
    deleted = {n: s.minutes for n, s in states.items() if n not in office.worked}
    for row in ledger.ledger(office.ws, verify=True).conservation:
        minutes = sum(row.by_state.values())
        worked = sum(office.worked.values()) + sum(deleted.values())
        yield {
            "project": {
                "id": row.project,
                "logged_minutes": row.logged,
                "state_minutes": minutes,
                "worked_minutes": worked,
            }
        }


def _pairs(office: Office) -> Iterator[Thing]:
    now = office.pairs()
    for (kind, source), first in office.first_pairs.items():
        pair = {"kind": kind, "source": source, "target": now.get((kind, source)), "first": first}
        yield {"pair": pair}


def _errors(office: Office) -> Iterator[Thing]:
    found = {e.id: e for e in office.ws.store.errors.open("main")}
    for error in found.values():
        root = found.get(error.root_id) if error.root_id is not None else None
        yield {
            "error": {
                "code": error.code,
                "kind": error.kind,
                "record": f"{error.type}:{error.external_id}",
            },
            "roots": [{"code": root.code}] if root is not None else [],
        }


def step_thing(taken: Taken) -> Thing:
    """A step as an invariant of a history speaks of it."""
    return {
        "step": {
            "name": taken.step.name,
            "link": taken.link,
            "writes": taken.writes,
            "writes_off": taken.writes_off,
            "quiet_runs": taken.quiet_runs,
        }
    }


class Judge:
    """Checks invariants of scope store and history on an office, and `also` what Python says."""

    def __init__(self, wanted: tuple[Invariant, ...], also: Check | None = None) -> None:
        self._wanted, self._also = wanted, also
        invariants = [i for i in wanted if i.must is not None]
        self._always = [i for i in invariants if i.eventually is None and i.for_each != "step"]
        self._steps = [i for i in invariants if i.for_each == "step"]
        self._rest = [i for i in invariants if i.eventually is not None]
        self._tests = {i.id: compile_formula(i.must) for i in invariants if i.must is not None}

    def only(self, name: str) -> "Judge":
        """One that looks for the invariant of that name alone, if it is one of these."""
        found = tuple(i for i in self._wanted if i.id == name)
        return Judge(found, None if found else self._also)

    def take(self, office: Office, step: Step) -> Violation | None:
        """Carry out a step; the first thing that is wrong then. A step that fails is wrong too."""
        try:
            return self.after(office, office.do(step))
        except Exception as error:  # noqa: BLE001 - whatever it is, a person must hear of it
            said = f"{type(error).__name__}: {error}"
            return Violation(_NO_STEP_FAILS, {"step": {"name": step.name, "error": said}})

    def after(self, office: Office, taken: Taken) -> Violation | None:
        """The first invariant that the step, or the office after it, breaks."""
        return self._wrong_step(taken) or self._broken(office, self._always)

    def _wrong_step(self, taken: Taken) -> Violation | None:
        thing = step_thing(taken)
        wrong = (i for i in self._steps if not self._holds(i, thing))
        return next((Violation(i, thing) for i in wrong), None)

    def now(self, office: Office) -> Violation | None:
        """The first invariant that does not hold of a step so far, or of an office as it is."""
        steps = (self._wrong_step(taken) for taken in office.taken)
        return next((v for v in steps if v is not None), self._broken(office, self._always))

    def at_end(self, office: Office) -> Violation | None:
        """What is wrong by the end of a history: by what Python says, then once it is at rest."""
        if self._also is not None:
            found = self._also(office)
            if found is not None:
                return found
        return self.at_rest(office)

    def at_rest(self, office: Office) -> Violation | None:
        """The first invariant that does not hold once faults stopped and syncs ran."""
        if not self._rest or office.link() not in {"active", "configured", "stalled"}:
            return None
        done = 0
        for syncs in sorted({i.eventually or 0 for i in self._rest}):
            for _ in range(done, syncs):
                office.pair.clock.advance(days=2)
                office.do(Step("sync"))
            done = syncs
            found = self._broken(office, [i for i in self._rest if i.eventually == syncs])
            if found is not None:
                return found
        return None

    def _broken(self, office: Office, invariants: list[Invariant]) -> Violation | None:
        for kind in dict.fromkeys(str(i.for_each) for i in invariants):
            wanted = [i for i in invariants if i.for_each == kind]
            for thing in things(office, kind):
                for invariant in wanted:
                    if not self._holds(invariant, thing):
                        return Violation(invariant, thing)
        return None

    def _holds(self, invariant: Invariant, thing: Thing) -> bool:
        return self._tests[invariant.id](thing, thing) == TRUE
