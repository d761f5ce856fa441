"""The measuring process of this product: sync a project folder against running simulators.

`python -m bench.ours FOLDER STEPS` reads what the simulators announce from standard input and
prints one line of JSON. STEPS is a comma list of read, plan and again, in that order.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from tallystick.app import flows, integrations, project
from tallystick.app.demo_stage import connect_sides
from tallystick.app.demo_story import CUTOFF
from tallystick.app.progress import silent
from tallystick.app.reading import Part, ReadState, parts, read_part
from tallystick.app.runs import begin, conclude
from tallystick.app.workspace import Workspace, open_workspace
from tallystick.store import RunData

from bench.measure import Span, peak_bytes, span

_TIME = ("timesheets", "time_entry")


class Syncing:
    """One integration being synced; counts the rows that are written."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self.rows = self.written = self.seen = 0
        save = ws.store.records.save_page

        def counted(connection_id: str, type: str, page: Any, **given: Any) -> Any:
            saved = save(connection_id, type, page, **given)
            if type == "time_entry":
                self.rows += len(page.rows)
                self.written += saved.new + saved.changed
            return saved

        ws.store.records.save_page = counted  # type: ignore[method-assign]

    def run(self, *, all_types: bool) -> tuple[RunData, ReadState, Span]:
        """Open a run and read; the span holds the source's time entries alone.

        All types of both sides are needed for planning only.
        """
        ws = self._ws
        row = integrations.record(ws, None)
        run = begin(ws, row, "plan")
        state, found = ReadState(), Span()
        for part in parts(ws, row):
            timed = (part.module, part.type) == _TIME and part.connection_id == row.source_id
            if timed or all_types:
                with span() as taken:
                    self._read(run, part, state)
                found = taken if timed else found
        return run, state, found

    def _read(self, run: RunData, part: Part, state: ReadState) -> None:
        while not state.take(part, read_part(self._ws, run.id, part, silent)):
            pass

    def plan(self, run: RunData, state: ReadState) -> Span:
        """Decide and plan what was read."""
        with span() as taken:
            digest = flows.make_plan(self._ws, run, state, None, silent)
        if digest is None or state.failed:
            raise RuntimeError(f"the sync failed: {state.failed}")
        return taken


def set_up(ws: Workspace, announced: Mapping[str, Mapping[str, Any]]) -> None:
    """Connect both sides and answer the questions of the set-up."""
    connect_sides(ws, announced)
    owned = next(p for p in integrations.portals(ws) if p.owned)
    integrations.setup(
        ws,
        None,
        portal=owned.id,
        organization=str(announced["zoho_books"]["organization_id"]),
        modules=("projects", "timesheets"),
        cutoff=CUTOFF,
        general_timesheets=True,
        consent=True,
        user="bench",
    )


def measured(home: Path, announced: Mapping[str, Mapping[str, Any]], steps: list[str]) -> Any:
    """Carry out the steps; returns the figures."""
    figures: dict[str, Any] = {}
    project.init(home)
    with open_workspace(home) as ws:
        set_up(ws, announced)
        ws.engine()  # starting it is no part of a sync
        for step in ("read", "again"):
            if step not in steps:
                continue
            syncing = Syncing(ws)
            run, state, taken = syncing.run(all_types="plan" in steps)
            figures[step] = {
                **taken.as_json(),
                "rows": syncing.rows,
                "written": syncing.written,
            }
            if step == "read" and "plan" in steps:
                figures["plan"] = syncing.plan(run, state).as_json()
                figures["plan"]["operations"] = operations(ws)
            conclude(ws, run, "ok", "measured")
        figures["peak_bytes"] = peak_bytes()
    return figures


def operations(ws: Workspace) -> int:
    """How many operations the newest plan has."""
    plan = ws.store.plans.newest(integrations.record(ws, None).name, "sync")
    return int(plan.header["operations"]) if plan else 0


def main(home: str, steps: str) -> None:
    """Measure and print."""
    announced = orjson.loads(sys.stdin.readline())
    figures = measured(Path(home), announced, steps.split(","))
    sys.stdout.write(orjson.dumps(figures).decode() + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
