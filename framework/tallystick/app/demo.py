"""The whole story on simulators: connect, sync, decide, bill once, crash, disable, prove."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tallystick import host as hosting
from tallystick.app import (
    billing,
    integrations,
    invoicing,
    lifecycle,
    project,
    records,
    sync,
)
from tallystick.app.config import FILE
from tallystick.app.errors import listing as error_listing
from tallystick.app.results import DemoStep, PlanView
from tallystick.app.workspace import Workspace
from tallystick.errors import Refused, TallystickError
from tallystick.model.connection import Credential
from tallystick.simulator.faults import Fault
from tallystick.simulator.server import SimulatorServer

CUTOFF = date(2026, 7, 1)
PROJECT = "Atlas rollout"
SIDES = {"source": "zoho_projects", "target": "zoho_books"}


class BrokenPromise(TallystickError):
    """A step of the demo did not end as promised."""

    default_code = "CFG-40"
    remedy = "Run it again with --keep and look at what it left."


@dataclass(slots=True)
class Stage:
    """The demo's surroundings: simulators on sockets and a project folder."""

    home: Path
    servers: Mapping[str, SimulatorServer]
    announced: Mapping[str, Mapping[str, Any]]
    simulators: Mapping[str, Any]


@contextmanager
def stage(seed: int, size: str, home: Path | None, *, keep: bool) -> Iterator[Stage]:
    """Simulators on free loopback ports and a fresh folder; cleaned up unless kept."""
    folder = home or Path(tempfile.mkdtemp(prefix="tallystick-demo-"))
    host = hosting.load()
    with ExitStack() as stack:
        if not keep and home is None:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        servers, announced, simulators = {}, {}, {}
        for name in SIDES.values():
            made = host.simulator(name, seed=seed, size=size)
            server = stack.enter_context(SimulatorServer(made.simulator))
            servers[name] = server
            announced[name] = made.describe(server.base_url)
            simulators[name] = made.simulator
        if not (folder / FILE).exists():
            project.init(folder, connectors=tuple(SIDES.values()))
        yield Stage(folder, servers, announced, simulators)


def connect_sides(ws: Workspace, announced: Mapping[str, Mapping[str, Any]]) -> None:
    """Connect both sides with what their simulators announced; no client-side rate limits."""
    for side, system in SIDES.items():
        facts = announced[system]
        names = ("client_id", "client_secret", "refresh_token")
        credential = Credential("oauth", {n: str(facts[n]) for n in names})
        settings = {
            "accounts_url": facts["accounts_url"],
            "base_url": facts["base_url"],
            "requests_per_minute": 0,
            "requests_per_window": 0,
        }
        integrations.connect(ws, None, side=side, credential=credential, settings=settings)


class Story:
    """The steps of the demo, in order; each promises something and fails if it does not hold."""

    def __init__(self, ws: Workspace, place: Stage, on_step: Callable[[DemoStep], None]) -> None:
        self._ws = ws
        self._place = place
        self._on_step = on_step
        self._proof = ""

    def tell(self) -> str:
        """Run every step; returns the proof line. Raises `BrokenPromise`."""
        for name in (
            "simulators",
            "connect",
            "sync",
            "same sync",
            "rules",
            "why",
            "invoice",
            "same again",
            "crash",
            "disable",
            "proof",
        ):
            started = time.perf_counter()
            text = getattr(self, "_" + name.replace(" ", "_"))()
            self._on_step(DemoStep(name, text, ok=True, seconds=time.perf_counter() - started))
        return self._proof

    def _promise(self, holds: bool, what: str) -> None:  # noqa: FBT001 - it is what is promised
        if not holds:
            raise BrokenPromise(f"The demo promised that {what}; it does not hold.")

    def _simulators(self) -> str:
        ports = "  ".join(f"{n} :{s.port}" for n, s in self._place.servers.items())
        return ports

    def _connect(self) -> str:
        ws = self._ws
        connect_sides(ws, self._place.announced)
        portals = integrations.portals(ws)
        owned = [p for p in portals if p.owned]
        self._promise(len(owned) == 1, "exactly one portal is owned")
        integrations.setup(
            ws,
            None,
            portal=owned[0].id,
            organization=str(self._place.announced["zoho_books"]["organization_id"]),
            modules=("projects", "timesheets"),
            cutoff=CUTOFF,
            general_timesheets=True,
            consent=True,
            user="demo",
        )
        return f"{len(portals)} portals, {len(owned)} owned -> {owned[0].name}"

    def _sync(self) -> str:
        ws = self._ws
        seen: list[PlanView] = []
        done = sync.run(ws, approve=lambda plan: seen.append(plan) is None)
        self._promise(done.failed == 0 and done.parked == 0, "every operation of the plan is done")
        roots = error_listing(ws, roots=True)
        waiting = sum(sum(r.waiting.values()) for r in roots)
        counts = seen[0].counts
        return (
            f"{counts.get('create', 0)} created · {counts.get('link', 0)} linked · "
            f"{len(roots)} causes, {waiting} wait"
        )

    def _same_sync(self) -> str:
        plan = sync.plan(self._ws)
        self._promise(plan.empty, "a sync with nothing changed writes nothing")
        return "nothing changed: 0 operations"

    def _rules(self) -> str:
        totals = self._ws.store.states.totals(self._source())
        number = {state: pair[0] for state, pair in totals.items()}
        self._promise(number.get("unbilled", 0) > 0, "there is work to bill")
        self._promise(number.get("opening_invoiced", 0) > 0, "work before the cutoff is invoiced")
        parts = [f"{count} {state.replace('_', ' ')}" for state, count in sorted(number.items())]
        return " · ".join(parts)

    def _source(self) -> str:
        return integrations.record(self._ws, None).source_id

    def _why(self) -> str:
        row = self._ws.store.states.first(self._source(), "opening_invoiced")
        self._promise(row is not None, "an entry before the cutoff can be explained")
        seen = records.why(self._ws, f"time_entry:{row}")
        self._promise(bool(seen.decisions), "every decision is kept")
        return f"time_entry:{row} {seen.decisions[0].because}"

    def _invoice(self) -> str:
        made = invoicing.invoice(self._ws, project=PROJECT)
        self._promise(made.status == "DONE", "the draft invoice is made")
        hours = f"{made.minutes // 60} h {made.minutes % 60:02d} min"
        return f"{made.number}  {made.project_name}  {hours}  {made.total}"

    def _same_again(self) -> str:
        try:
            invoicing.invoice(self._ws, project=PROJECT)
        except Refused as refusal:
            self._promise(refusal.code == "INV-01", "billing it again is refused with INV-01")
            return f"refused  {refusal.code} {refusal.message}"
        raise BrokenPromise("The demo promised that nothing is billed twice; it was.")

    def _crash(self) -> str:
        """Lose the answer after the service accepted an invoice, then look it up."""
        ws = self._ws
        books = self._place.simulators["zoho_books"]
        project_name = self._other_project()
        books.faults.add(Fault("drop_after", method="POST", path_pattern="/books/v3/invoices"))
        made = invoicing.invoice(ws, project=project_name)
        self._promise(made.status == "DONE", "an invoice whose answer was lost is found again")
        return f"answer lost after the service accepted; looked up, found {made.number}"

    def _other_project(self) -> str:
        source = self._source()
        for project_id in self._ws.store.states.projects_with(source, "unbilled"):
            try:
                seen = billing.preview(self._ws, project=str(project_id))
            except TallystickError:
                continue
            if seen.lines and seen.customer:
                return str(project_id)
        raise BrokenPromise("The demo promised a second project to bill; there is none.")

    def _disable(self) -> str:
        ws = self._ws
        lifecycle.disable(ws, None)
        foreign = next(p for p in integrations.portals(ws) if not p.owned)
        try:
            lifecycle.re_enable(ws, None, portal=foreign.id, user="demo")
        except Refused as refusal:
            code = refusal.code
        else:
            raise BrokenPromise("The demo promised that another portal is refused; it was taken.")
        lifecycle.enable(ws, None, user="demo")
        return f"switched off; {foreign.name} refused ({code}); on again with its own portal"

    def _proof(self) -> str:
        raise NotImplementedError
