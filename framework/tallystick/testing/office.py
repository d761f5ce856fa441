"""A small firm in memory: the real host, store and outbox between the two simulators.

An office starts set up and synced once, with one project and one approved hour. It carries out
steps, and notes of each what an invariant may speak of.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from tallystick.app import invoicing, lifecycle, sync, voiding
from tallystick.app.demo_stage import SIDES
from tallystick.errors import Refused, RemoteError, StalePlan
from tallystick.resources import default_rules
from tallystick.testing.clock import FakeClock
from tallystick.testing.faulty import Crash, FaultyWorkspace, Striking, open_faulty, take_disk_back
from tallystick.testing.people import People
from tallystick.testing.simulated import Pair, pair, set_up
from tallystick.testing.steps import Step

PROJECT = "Atlas rollout"
FRAMEWORK = frozenset({"sync", "bill", "void", "disable", "enable"})
"""Steps that this framework takes; all others are people's, or the world's."""
PROJECTS_APPROVAL = {"approved": "Approved", "pending": "Pending", "rejected": "Rejected"}


@dataclass(frozen=True, slots=True)
class Taken:
    """What one step came to: state of the integration before it, and what was sent."""

    step: Step
    link: str
    writes: int
    quiet_runs: int
    code: str | None = None


@dataclass(frozen=True, slots=True)
class _Template:
    """A folder that is set up and synced, and the simulators' state then."""

    pair: Pair
    kept: dict[str, bytes]


@cache
def _template() -> _Template:
    """Made once in a process; the simulators are used again by each office."""
    home = Path(tempfile.mkdtemp(prefix="tallystick-office-")) / "home"
    made = pair(home)
    made.books.switch(strict_time_entries=False)
    ws = open_faulty(made)
    try:
        set_up(ws, made.announced)
        for _ in range(2):
            sync.run(ws, approve=lambda _plan: True)
    finally:
        ws.close()
    return _Template(made, {n: made.simulators[n].snapshot() for n in SIDES.values()})


class Office:
    """One firm; `do` carries out a step. Offices are used one after the other."""

    def __init__(self, rules: Path | None = None) -> None:
        template = _template()
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
        link, before = self.link(), self._sent()
        code = self._framework(step) if step.name in FRAMEWORK else self._people(step)
        writes = self._sent() - before if step.name in FRAMEWORK else 0
        taken = Taken(step, link, writes, self._quiet if step.name == "sync" else 0, code)
        self.taken.append(taken)
        calm = step.name == "sync" and step.fault is None and code is None
        self._quiet = self._quiet + 1 if calm else 0
        return taken

    def _sent(self) -> int:
        return self.pair.writes(*SIDES.values())

    def _framework(self, step: Step) -> str | None:
        acts: dict[str, Callable[[], object]] = {
            "sync": lambda: sync.run(self.ws, approve=lambda _plan: True),
            "bill": lambda: invoicing.invoice(
                self.ws, project=PROJECT, grouping=str(step.words.get("grouping", "by_task"))
            ),
            "void": lambda: self._void(step),
            "disable": lambda: lifecycle.disable(self.ws, None),
            "enable": lambda: lifecycle.enable(self.ws, None),
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

    def _void(self, step: Step) -> None:
        found = self._invoice(step, "draft")
        if found is not None:
            voiding.void(self.ws, invoice=found)

    def _invoice(self, step: Step, status: str) -> str | None:
        found = sorted(i["invoice_id"] for i in self.people.invoices() if i["status"] == status)
        number = int(step.words.get("invoice", 0))
        return str(found[number]) if number < len(found) else None

    def _people(self, step: Step) -> str | None:
        words = step.words
        if step.name == "log":
            made = self.people.log_time(
                date.fromisoformat(str(words["day"])),
                int(words["minutes"]),
                billable=bool(words.get("billable", True)),
                status=PROJECTS_APPROVAL[str(words.get("approval", "approved"))],
            )
            self.logs.append(made)
        elif step.name == "change log":
            self._change(step)
        elif step.name == "clock":
            self.pair.clock.advance(days=int(words.get("days", 1)), hours=1)
        elif step.name == "bill by hand":
            made_by_hand = self.people.bill_by_hand()
            if made_by_hand is not None:
                self.by_hand.add(made_by_hand)
        elif step.name == "change rules":
            change_default(self.pair.home / "rules", words)
        else:
            self._invoice_by_hand(step)
        return None

    def _change(self, step: Step) -> None:
        number = int(step.words.get("log", 0))
        if number >= len(self.logs):
            return
        changes = {k: v for k, v in step.words.items() if k != "log"}
        if "day" in changes:
            changes["work_date"] = changes.pop("day")
        if "approval" in changes:
            changes["approval"] = PROJECTS_APPROVAL[str(changes["approval"])]
        self.people.change_log(self.logs[number], **changes)

    def _invoice_by_hand(self, step: Step) -> None:
        found = self._invoice(step, "void" if step.name == "revive by hand" else "draft")
        if found is None:
            return
        if step.name == "delete by hand":
            self.people.delete_invoice(found)
        elif step.name == "revive by hand":
            self.people.set_status(found, "draft")
            self.revived.add(found)
        else:
            self.people.set_status(found, "void")


def change_default(rules: Path, words: Any) -> None:
    """Give a param of a shipped file another default, in a copy that the project has."""
    file = rules / f"{words['file']}.yaml"
    text = (file if file.exists() else default_rules() / file.name).read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if line.lstrip().startswith(f"{words['param']}: {{") and "default: " in line:
            head, _, rest = line.partition("default: ")
            end = min(i for i in (rest.find(","), rest.find("}")) if i >= 0)
            lines[number] = f"{head}default: {words['value']}{rest[end:]}"
    file.write_text("".join(lines), encoding="utf-8")


@contextmanager
def opened_office(rules: Path | None = None) -> Iterator[Office]:
    """An office that is closed at the end."""
    office = Office(rules)
    try:
        yield office
    finally:
        office.close()
