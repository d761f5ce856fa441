"""`tallystick rules` backtest and explain: what rules say of what was, and of one subject."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tallystick.cli.options import Command
from tallystick.cli.plots import flow_bars, plot_options, write_plots
from tallystick.cli.rulefiles import folder, named
from tallystick.cli.shell import Answer, Shell
from tallystick.cli.tables import hours, many, table
from tallystick.errors import ConfigError

if TYPE_CHECKING:
    from tallystick.app.charts import FlowChart
    from tallystick.workbench.backtest_results import Backtest, Change
    from tallystick.workbench.tracing import Trace, TracedCondition

_PARTS = {"decides": "green", "in doubt": "yellow"}


@click.command("backtest", cls=Command)
@click.argument("subject", metavar="FILE", required=False)
@click.option(
    "--against",
    default="stored",
    show_default=True,
    metavar="REF",
    help="stored, live, a file, or the hash of a version that was replaced.",
)
@click.option("--since", metavar="DATE", help="Only decisions stored since then.")
@plot_options()
def backtest(
    shell: Shell,
    *,
    subject: str | None,
    against: str,
    since: str | None,
    plot: bool,
    plot_out: Path | None,
) -> Answer:
    """Replay stored decisions under a rule file: outcomes, amounts, what is invoiced already."""
    with shell.workspace() as ws:
        found = shell.action("rules.backtest")(
            ws,
            named(subject) if subject else None,
            against=named(against),
            since=_instant(since),
        )
    whole = against == "stored" and since is None
    drafts = [b.file for b in found if b.promotable]
    following = [f"tallystick rules promote {drafts[0]}"] if drafts and whole else []
    charts = [_chart(one) for one in found] if plot or plot_out is not None else []
    if plot_out is not None:
        write_plots(charts, plot_out)

    def show() -> None:
        for number, one in enumerate(found):
            _show_backtest(one)
            if plot:
                flow_bars(charts[number])

    return Answer(found, show, next=following)


def _chart(one: "Backtest") -> "FlowChart":
    from tallystick.app.charts import flow_chart  # noqa: PLC0415 - only who asks needs it

    counts = {(c.was, c.now): c.count for c in one.matrix}
    return flow_chart(counts, [(h.rule, h.before, h.after) for h in one.hits])


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"{text} is no date.", code="CFG-06", fix="Write 2026-10-01.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _show_backtest(one: "Backtest") -> None:
    held = {"stored": "", "live": " against the rules in force"}
    against = held.get(one.against, f" against {one.against}")
    click.echo(
        f"{click.style(one.decision, bold=True)}  {one.file}  {one.replayed:,} decisions replayed"
        f"{against}"
    )
    before = sorted({c.was for c in one.matrix})
    after = sorted({c.now for c in one.matrix})
    counts = {(c.was, c.now): c.count for c in one.matrix}
    if counts:
        rows = [(f"was {b}", *(f"{counts.get((b, a), 0):,}" for a in after)) for b in before]
        table(["", *(f"now {a}" for a in after)], rows)
    for change in one.changes:
        _show_change(change)
    for hit in one.hits:
        if hit.before != hit.after:
            click.echo(f"  {hit.rule:<28} {hit.before:,} -> {hit.after:,} decisions")
    if one.retargeted:
        click.echo(f"{many(one.retargeted, 'outcome')} would name another record.")
    if one.reason_only:
        click.echo(f"{one.reason_only:,} keep their outcome and get another rule or code.")
    if one.gone or one.outside:
        click.echo(f"Left out: {one.gone} deleted since, {one.outside} decided by another file.")
    for note in one.notes:
        click.echo(f"note: {note}")
    color = "red" if one.invoiced else "green"
    entries = many(one.invoiced, "entry", "entries")
    click.echo(click.style(f"{entries} already invoiced would change.", fg=color))


def _show_change(change: "Change") -> None:
    money = "  ".join(f"{'+' if m.minor > 0 else ''}{m}" for m in change.amounts if m.minor)
    code = f" ({change.code})" if change.code else ""
    click.echo(f"{change.records:,} {change.was} -> {change.now}  by {change.by}{code}  {money}")
    told = ", ".join(
        e.record + (f" ({hours(e.minutes)})" if e.minutes is not None else f" {e.title}")
        for e in change.examples
    )
    click.echo(f"  e.g. {told}")
    if change.entries:
        price = f", {change.unpriced} without a rate" if change.unpriced else ""
        entries = many(change.entries, "time entry", "time entries")
        click.echo(f"  {entries}, {hours(change.minutes)}{price}")
    if change.invoiced:
        named = ", ".join(change.invoices)
        click.echo(click.style(f"  {change.invoiced} invoiced already: {named}", fg="red"))


@click.command("explain", cls=Command)
@click.argument("decision")
@click.option("--given", required=True, metavar="FILE", help="The subject; - is standard input.")
def explain(shell: Shell, *, decision: str, given: str) -> Answer:
    """Take one decision by hand, with every rule and condition; GIVEN is as in a test."""
    text = sys.stdin.read() if given == "-" else _text(Path(given))
    with folder(shell) as ws:
        trace = shell.action("rules.explain")(ws, named(decision), given=text, name=given)
    return Answer(trace, lambda: _show_trace(trace))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.", code="CFG-10") from None


def _show_trace(trace: "Trace") -> None:
    title = click.style(trace.decision, bold=True)
    click.echo(f"{title}  {trace.file} ({trace.state}, {trace.strategy}, {trace.hash[:8]})")
    for name, fields in trace.subject.items():
        click.echo(f"  {name:<12} {_flat(fields)}")
    for number, rule in enumerate(trace.rules, start=1):
        color = _PARTS.get(rule.part)
        part = click.style(f"{rule.part:<9}", fg=color) if color else f"{rule.part:<9}"
        click.echo(f"{number:>3} {part} {rule.id} -> {rule.outcome}  {rule.place}")
        if rule.part != "too late":
            for condition in rule.conditions:
                _show_condition(condition)
    by = "no rule holds" if trace.by == "otherwise" else trace.by
    bound = f" {trace.bound}" if trace.bound else ""
    code = f"  {trace.code}" if trace.code else ""
    click.echo(f"{click.style(trace.outcome + bound, bold=True)}  by {by}{code}  {trace.place}")
    click.echo(f"   because {trace.because}")
    if trace.nearest:
        click.echo(f"   {trace.nearest}")
    if trace.fix:
        click.echo(f"   fix {trace.fix}")
    if not trace.matchers_agree:
        click.echo(click.style("   the two matchers differ (RUL-21)", fg="red"))


def _show_condition(condition: "TracedCondition") -> None:
    mark = {"holds": "✓", "does not hold": "✗"}.get(condition.truth, "?")
    values = ", ".join(f"{path} = {value}" for path, value in condition.values.items())
    click.echo(f"      {mark} {condition.words}   [{values}]")
    for item in condition.items:
        click.echo(f"          item {item.number} {item.name}: {item.truth}")


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k} {_flat(v)}" for k, v in value.items()) or "-"
    if isinstance(value, list):
        return "; ".join(_flat(v) for v in value) or "none"
    return "nothing" if value is None else str(value)
