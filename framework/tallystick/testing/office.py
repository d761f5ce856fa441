"""A small firm in memory: the real host, store and outbox between the two simulators.

An office starts set up and synced once, with one project and one approved hour. It carries out
steps, and notes of each what an invariant may speak of.
"""

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tallystick.app import answers, invoicing, lifecycle, sync, voiding
from tallystick.app.demo_stage import SIDES
from tallystick.errors import Refused, RemoteError, StalePlan
from tallystick.testing.clock import FakeClock
from tallystick.testing.deeds import by_hand, invoice_of
from tallystick.testing.faulty import Crash, FaultyWorkspace, Striking, open_faulty, take_disk_back
from tallystick.testing.people import People
from tallystick.testing.simulated import Pair, pair, set_up
from tallystick.testing.steps import Step

PAIRED = ("contact", "project", "task", "user")
"""Kinds whose pairs are for ever; those of time entries end when work is withdrawn."""
FRAMEWORK = frozenset({"sync", "bill", "void", "disable", "enable", "answer"})
"""Steps that this framework takes; all others are people's, or the world's."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one step came to: state of the integration before it, and what was sent."""

    step: Step
    link: str
    writes: int
    writes_off: int
    quiet_runs: int
    code: str | None = None


@dataclass(frozen=True, slots=True)
class _Template:
    """A folder that is set up and synced, and the simulators' state then."""

    pair: Pair
    kept: dict[str, bytes]


@cache
def _template(*, asked: bool) -> _Template:
    """Made once in a process; the simulators are used again by each office."""
    folder = Path(tempfile.mkdtemp(prefix="tallystick-office-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = pair(folder / "home")
    made.books.switch(strict_time_entries=False)
    ws = open_faulty(made)
    try:
        set_up(ws, made.announced)
        if asked:
            people = People(made)
            people.rename("accounts", "contact", people.customers()[0], "Acme Holding")
        for _ in range(2):
            sync.run(ws, approve=lambda _plan: True)
    finally:
        ws.close()
    return _Template(made, {n: made.simulators[n].snapshot() for n in SIDES.values()})


class Office:
    """One firm; `do` carries out a step. Offices are used one after the other.

    With `asked`, its only client has the e-mail address of a customer of another name, so the
    first sync brought nothing over but the question whether it is that customer.
    """

    def __init__(self, rules: Path | None = None, *, asked: bool = False) -> None:
        template = _template(asked=asked)
        self.rules = rules
        self._folder = Path(tempfile.mkdtemp(prefix="tallystick-office-"))
        home = self._folder / "home"
        shutil.copytree(template.pair.home, home)
        if rules is not None:
            for file in sorted(rules.glob("*.yaml")):
                shutil.copy(file, home / "rules" / file.name)
        for name, simulator in template.pair.simulators.items():
            simulator.restore(template.kept[name])
            simulator.faults.reset()
            simulator.journal.clear()
        self.pair = Pair(home, FakeClock(), template.pair.simulators, template.pair.announced)
        self.ws: FaultyWorkspace = open_faulty(self.pair)
        self.people = People(self.pair)
        row = self.ws.integration(None)
        self.source = row.source
        self.logs = self.ws.store.records.ids(row.source, "time_entry")
        self.project = self.ws.store.records.ids(row.source, "project")[0]
        self.client = self.ws.store.records.ids(row.source, "contact")[0]
        self.first_pairs: dict[tuple[str, str], str] = dict(self.pairs())
        self.worked: dict[str, int] = dict.fromkeys(self.logs, 60)
        """Minutes of each log that nobody deleted, as people know them."""
        self.by_hand: set[str] = set()
        self.revived: set[str] = set()
        self.taken: list[Taken] = []
        self._quiet = 0

    def close(self) -> None:
        """Leave nothing behind."""
        self.ws.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def link(self) -> str:
        """The state of the integration."""
        row = self.ws.store.settings.integration("main")
        return "none" if row is None else str(row.state)

    def do(self, step: Step) -> Taken:
        """Carry out a step. Refusals and services that do not answer are part of life."""
        link, before, workspace = self.link(), self._sent(), self.ws
        workspace.wrote_in.clear()
        code = None
        if step.name in FRAMEWORK:
            code = self._framework(step)
        else:
            by_hand(self, step)
        writes = self._sent() - before if step.name in FRAMEWORK else 0
        off = sum(state not in {"syncing", "active"} for state in workspace.wrote_in)
        taken = Taken(step, link, writes, off, self._quiet if step.name == "sync" else 0, code)
        self.taken.append(taken)
        self.first_pairs = {**self.pairs(), **self.first_pairs}
        calm = step.name == "sync" and step.fault is None and code is None
        self._quiet = self._quiet + 1 if calm else 0
        return taken

    def pairs(self) -> dict[tuple[str, str], str]:
        """The id map now: kind and id in the portal, and the id in the accounts."""
        by_source, source = self.ws.store.links.by_source, self.source
        found = {kind: by_source(source, kind) for kind in PAIRED}
        return {(k, one): two for k, pairs in found.items() for one, (_, two) in pairs.items()}

    def _sent(self) -> int:
        return self.pair.writes(*SIDES.values())

    def _framework(self, step: Step) -> str | None:
        acts: dict[str, Callable[[], object]] = {
            "sync": lambda: sync.run(self.ws, approve=lambda _plan: True),
            "bill": lambda: invoicing.invoice(
                self.ws, project=self.project, grouping=str(step.words.get("grouping", "by_task"))
            ),
            "void": lambda: self._void(step),
            "disable": lambda: lifecycle.disable(self.ws, None),
            "enable": lambda: lifecycle.enable(self.ws, None),
            "answer": lambda: self._answer(str(step.words["answer"])),
        }
        code: str | None
        with Striking(self.ws, self.pair, step.fault) as strike:
            try:
                acts[step.name]()
            except (Refused, RemoteError, StalePlan) as error:
                code = str(error.code)
            except Crash:
                code = "crash"
            else:
                code = None
        if step.fault == "stale token":
            self.people = People(self.pair)  # whose tokens ended too
        if strike.crashed:
            self._reopen()
        return code

    def _reopen(self) -> None:
        """A new process finds what the dead one left on the disk."""
        self.ws.close()
        take_disk_back(self.pair.home)
        self.ws = open_faulty(self.pair)

    def _answer(self, answer: str) -> None:
        """Say of the first contact that asks what it is; of a customer, the first there is."""
        open_ = self.ws.store.errors.open("main")
        error = next((e for e in open_ if e.type == "contact" and e.kind == "root"), None)
        if error is not None:
            chosen = None if answer == "clone" else self.people.customers()[0]
            answers.decide(self.ws, error_id=error.id, answer=answer, with_id=chosen)

    def _void(self, step: Step) -> None:
        found = invoice_of(self, step, "draft")
        if found is not None:
            voiding.void(self.ws, invoice=found)


@contextmanager
def opened_office(rules: Path | None = None, *, asked: bool = False) -> Iterator[Office]:
    """An office that is closed at the end."""
    office = Office(rules, asked=asked)
    try:
        yield office
    finally:
        office.close()
