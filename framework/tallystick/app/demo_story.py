"""The demo's story: connect, sync, decide, bill once, crash, disable, prove."""

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date

from tallystick.app import billing, integrations, invoicing, ledger, lifecycle, records, sync
from tallystick.app.demo_stage import SIDES, Stage, connect_sides
from tallystick.app.errors import listing as error_listing
from tallystick.app.results import DemoStep, PlanView
from tallystick.app.results_billing import LedgerView
from tallystick.app.workspace import Workspace
from tallystick.errors import Refused, TallystickError

CUTOFF = date(2026, 7, 1)
PROJECT = "Atlas rollout"
CRASH_SECONDS_MAX = 60


class BrokenPromise(TallystickError):
    """A step of the demo did not end as promised."""

    default_code = "CFG-40"
    remedy = "Run it again with --keep and look at what it left."


class Story:
    """The steps of the demo, in order; each promises something and fails if it does not hold."""

    def __init__(self, ws: Workspace, place: Stage, crash_point: str) -> None:
        self._ws = ws
        self._place = place
        self._crash_point = crash_point
        self._source = ws.integration(None).source

    def tell(self, on_step: Callable[[DemoStep], None]) -> str:
        """Run every step; returns the proof line. Raises `BrokenPromise`."""
        text = ""
        for name, step in (
            ("simulators", self._simulators),
            ("connect", self._connect),
            ("sync", self._sync),
            ("same sync", self._same_sync),
            ("rules", self._rules),
            ("why", self._why),
            ("invoice", self._invoice),
            ("same again", self._same_again),
            ("crash", self._crash),
            ("disable", self._disable),
            ("proof", self._prove),
        ):
            started = time.perf_counter()
            text = step()
            on_step(DemoStep(name, text, ok=True, seconds=time.perf_counter() - started))
        return text

    def _promise(self, what: str, *, holds: bool) -> None:
        if not holds:
            raise BrokenPromise(f"The demo promised that {what}; it does not hold.")

    def _simulators(self) -> str:
        return "  ".join(f"{name} :{server.port}" for name, server in self._place.servers.items())

    def _connect(self) -> str:
        ws = self._ws
        connect_sides(ws, self._place.announced)
        portals = integrations.portals(ws)
        owned = [p for p in portals if p.owned]
        self._promise("exactly one portal is owned", holds=len(owned) == 1)
        integrations.setup(
            ws,
            None,
            portal=owned[0].id,
            organization=str(self._place.announced[SIDES["target"]]["organization_id"]),
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

        def approve(plan: PlanView) -> bool:
            seen.append(plan)
            return True

        done = sync.run(ws, approve=approve)
        left = done.failed + done.parked
        self._promise("every operation of the plan is done", holds=left == 0 and bool(seen))
        roots = error_listing(ws, roots=True)
        waiting = sum(sum(r.waiting.values()) for r in roots)
        counts = seen[0].counts
        return (
            f"{counts.get('create', 0)} created · {counts.get('link', 0)} linked · "
            f"{len(roots)} cause{'' if len(roots) == 1 else 's'}, "
            f"{waiting} wait{'s' if waiting == 1 else ''}"
        )

    def _same_sync(self) -> str:
        plan = sync.plan(self._ws)
        self._promise("a sync with nothing changed writes nothing", holds=plan.empty)
        return "nothing changed: 0 operations"

    def _rules(self) -> str:
        totals = self._ws.store.states.totals(self._source)
        number = {state: pair[0] for state, pair in totals.items()}
        self._promise("there is work to bill", holds=number.get("unbilled", 0) > 0)
        opening = number.get("opening_invoiced", 0)
        self._promise("work before the cutoff counts as invoiced", holds=opening > 0)
        parts = [f"{count} {state.replace('_', ' ')}" for state, count in sorted(number.items())]
        return " · ".join(parts)

    def _why(self) -> str:
        entry = self._ws.store.states.first(self._source, "opening_invoiced")
        self._promise("an entry before the cutoff can be explained", holds=entry is not None)
        seen = records.why(self._ws, f"time_entry:{entry}")
        self._promise("every decision is kept", holds=bool(seen.decisions))
        return f"time_entry:{entry}  {seen.decisions[0].because}"

    def _invoice(self) -> str:
        made = invoicing.invoice(self._ws, project=PROJECT)
        self._promise("the draft invoice is made", holds=made.status == "DONE")
        hours = f"{made.minutes // 60} h {made.minutes % 60:02d} min"
        return f"{made.number}  {made.project_name}  {hours}  {made.total}"

    def _same_again(self) -> str:
        return f"refused  {self._refused_twice(PROJECT)}"

    def _refused_twice(self, project: str) -> str:
        try:
            invoicing.invoice(self._ws, project=project)
        except Refused as refusal:
            what = "billing it again is refused with INV-01"
            self._promise(what, holds=refusal.code == "INV-01")
            return f"{refusal.code} {refusal.message}"
        raise BrokenPromise("The demo promised that nothing is billed twice; it was.")

    def _crash(self) -> str:
        """Kill a process between send and confirm; the next one looks the invoice up."""
        project = self._other_project()
        command = [sys.executable, "-m", "tallystick.app.demo_crash"]
        killed = subprocess.run(  # noqa: S603 - this very program
            [*command, str(self._place.home), project, self._crash_point],
            timeout=CRASH_SECONDS_MAX,
            check=False,
            capture_output=True,
            text=True,
        )
        what = f"a process dies at {self._crash_point}"
        self._promise(what, holds=killed.returncode < 0)
        before = self._invoices_of(project)
        swept = sync.sweep(self._ws)
        head = f"killed at {self._crash_point}, restarted,"
        if swept.parked:
            # nobody can know whether it left, so it is never sent again without a look-up
            return f"{head} parked (INV-03): looked up at every sync, never sent blindly"
        found = "found" if swept.done else "already confirmed"
        if not swept.done and not before:
            invoicing.invoice(self._ws, project=project)
            found = "had not been sent; made"
        self._refused_twice(project)
        numbers = self._invoices_of(project)
        self._promise("the work stands on one invoice after the crash", holds=len(numbers) == 1)
        return f"{head} {found} {numbers[0]}"

    def _invoices_of(self, project: str) -> list[str]:
        claims = ledger.ledger(self._ws, project=project).claims
        return sorted({str(c.invoice) for c in claims if c.state == "invoiced" and c.invoice})

    def _other_project(self) -> str:
        for project_id in self._ws.store.states.projects_with(self._source, "unbilled"):
            try:
                seen = billing.preview(self._ws, project=str(project_id))
            except TallystickError:
                continue
            if seen.lines and seen.customer and seen.blocked is None:
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

    def _prove(self) -> str:
        """Read both sides afresh, then count: nothing double, no minute lost."""
        ws = self._ws
        sync.plan(ws)
        seen: LedgerView = ledger.ledger(ws, verify=True)
        self._promise("no entry has two live lines", holds=not seen.doubles)
        lost = [row.project_name for row in seen.conservation if row.difference]
        self._promise("minutes are conserved in every project", holds=not lost)
        reading = self._place.double_billed()
        self._promise("the accounts hold nothing double", holds=not any(reading.values()))
        minutes = sum(row.logged for row in seen.conservation)
        return (
            f"{seen.total_claims} claims, 0 double · {minutes} minutes logged, 0 lost · "
            f"ledger hash {seen.hash}"
        )
