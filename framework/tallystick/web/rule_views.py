"""What the rule pages show beside the report: gates, the last backtest, a decision by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tallystick.app.charts import FlowChart, flow_chart
from tallystick.app.rules import is_loaded
from tallystick.app.status import rules_state
from tallystick.app.workspace import Workspace
from tallystick.errors import TallystickError
from tallystick.model.money import Money
from tallystick.workbench.backtests import seen
from tallystick.workbench.examining import examine
from tallystick.workbench.policyviews import policies
from tallystick.workbench.promoting import Promotion, promotion
from tallystick.workbench.ruleviews import RuleReport, overview, report
from tallystick.workbench.tracing import Trace, explain

VIEWS = ("sentence", "table", "yaml")
_AROUND = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """One backtest as the page shows it: the stored answer, its matrix in order, its picture."""

    result: Mapping[str, Any]
    before: tuple[str, ...]
    after: tuple[str, ...]
    counts: Mapping[tuple[str, str], int]
    chart: FlowChart


@dataclass(frozen=True, slots=True)
class NumberedLine:
    """A line of a rule file, and whether something is wrong there."""

    number: int
    text: str
    marked: bool


def listed(ws: Workspace) -> dict[str, Any]:
    """The list of rule files; with broken ones and none to fall back on, only what is wrong."""
    state = rules_state(ws)
    files = overview(ws) if state.hash else ()
    lines = policies(ws) if state.hash else ()
    return {
        "state_of": state,
        "files": files,
        "policies": lines,
        "excerpt": excerpt(ws, state.file, state.line),
    }


def unread(ws: Workspace, name: str) -> dict[str, Any] | None:
    """What is wrong with a file of which no former reading is held; None for every other name."""
    state = rules_state(ws)
    if state.problem is None or (state.hash and is_loaded(ws, name)):
        return None
    own = (ws.home / "rules").glob("*.yaml")
    if state.hash and not any(name in {p.name, p.stem} for p in own):
        return None
    return {"state_of": state, "excerpt": excerpt(ws, state.file, state.line), "file": name}


def excerpt(ws: Workspace, file: str | None, line: int | None) -> tuple[NumberedLine, ...]:
    """The lines around a mistake in a file of the project, as it is on the disk now."""
    known = {f"rules/{p.name}": p for p in sorted((ws.home / "rules").glob("*.yaml"))}
    if file not in known or line is None:
        return ()
    try:
        lines = known[file].read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ()
    first = max(line - _AROUND, 1)
    part = lines[first - 1 : line + _AROUND]
    return tuple(NumberedLine(n, t, n == line) for n, t in enumerate(part, first))


def page_values(ws: Workspace, name: str, view: str, given: str | None) -> dict[str, Any]:
    """Everything that the page of one file shows."""
    found, state = report(ws, name), rules_state(ws)
    editable = found.origin == "project" and found.state != "enforce"
    trace, refusal = _traced(ws, found.name, given)
    return {
        "report": found,
        "view": view if view in VIEWS else VIEWS[0],
        "editable": editable,
        "findings": examine(ws, found.file, found.text),
        "promotion": _promotion(ws, found) if editable else None,
        "backtests": shown(ws, found),
        "most_hits": max((r.hits for d in found.documents for r in d.rules), default=0),
        "given": given or "",
        "trace": trace,
        "refusal": refusal,
        "state_of": state,
        "excerpt": excerpt(ws, state.file, state.line),
        "tests": (),
    }


def numbered(text: str, wrong: Sequence[int | None]) -> tuple[NumberedLine, ...]:
    """The lines of a text; those with a finding are marked."""
    return tuple(NumberedLine(n, t, n in wrong) for n, t in enumerate(text.splitlines(), 1))


def shown(ws: Workspace, found: RuleReport) -> tuple[Shown, ...]:
    """The backtest that was run last, if it was of these rules against those in force."""
    return tuple(_shown(r) for r in seen(ws, found.name))


def _shown(result: Mapping[str, Any]) -> Shown:
    at = datetime.fromisoformat(result["at"])
    changes = [{**c, "amounts": [_money(m) for m in c["amounts"]]} for c in result["changes"]]
    cells = {(c["was"], c["now"]): int(c["count"]) for c in result["matrix"]}
    hits = [(h["rule"], int(h["before"]), int(h["after"])) for h in result["hits"]]
    chart = flow_chart(cells, hits)
    before, after = (tuple(e.outcome for e in ends) for ends in (chart.before, chart.after))
    result = {**result, "changes": changes, "at_words": at}
    return Shown(result, before, after, cells, chart)


def _money(kept: Mapping[str, Any]) -> Money:
    return Money(int(kept["minor"]), str(kept["currency"]))


def _promotion(ws: Workspace, found: RuleReport) -> Promotion | None:
    try:
        return promotion(ws, found.name)
    except TallystickError:
        return None


def _traced(
    ws: Workspace, name: str, given: str | None
) -> tuple[Trace | None, TallystickError | None]:
    """A decision by hand, or why it cannot be taken."""
    if not given or not given.strip():
        return None, None
    try:
        return explain(ws, name, given=given.replace("\r\n", "\n")), None
    except TallystickError as error:
        return None, error
