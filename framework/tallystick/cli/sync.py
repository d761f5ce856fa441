"""`tallystick sync`: plan, apply, run, status, history, sweep."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tallystick.cli.options import Command, group
from tallystick.cli.plots import history_bars, plot_options, run_chart, write_plots
from tallystick.cli.shell import IN_ERROR, PLAN_HAS_CHANGES, Answer, Shell
from tallystick.cli.tables import amounts, chosen, list_options, many, print_rows, table, when
from tallystick.cli.watching import watching
from tallystick.errors import ConfigError

if TYPE_CHECKING:
    from tallystick.app.results import ApplyView, PlanView, RunView

_COLORS = {"+": "green", "~": "yellow", "=": "cyan", "-": "red"}


def show_plan(view: "PlanView") -> None:
    """Print a plan: operations with the rule that allowed each, what is held, the estimate."""
    for line in view.lines:
        sign = click.style(line.sign, fg=_COLORS.get(line.sign))
        head = f" {sign} {line.verb:<10} {line.target:<24} {line.title:<44.44}"
        click.echo(f"{head} {line.rule}  {line.place}")
    if view.total_lines > len(view.lines):
        click.echo(
            f"   … and {view.total_lines - len(view.lines)} more; -o FILE writes all of them"
        )
    for held in view.held:
        names = ", ".join(held.examples)
        more = " …" if held.count > len(held.examples) else ""
        head = f" ! hold       {held.module:<12} {held.count:>5}  {held.code}"
        click.echo(f"{head}  {held.reason}  [{names}{more}]")
    counts = ", ".join(f"{n} {what}" for what, n in view.counts.items()) or "no change"
    held_total = sum(h.count for h in view.held)
    click.echo(
        f" Plan {view.digest}: {counts} · {held_total} held · "
        f"{many(view.duplicates, 'duplicate')} to answer      rules {view.rules_hash[:4]}…"
    )
    click.echo(f" {view.effort} · unbilled work {amounts(view.wip)}")


def show_applied(view: "ApplyView") -> None:
    """Print what came of applying."""
    if view.run is not None and view.run.modules:
        table(
            ["module", "read", "written", "skipped", "held", "failed", "state"],
            [
                (m.module, m.read, m.written, m.skipped, m.held, m.failed, m.state)
                for m in view.run.modules
            ],
        )
    if view.run is not None:
        modules = view.run.modules
        held = max(view.held, sum(m.held for m in modules))
        click.echo(f"{view.summary}, {held} held back")
    for message in view.messages:
        click.echo(f"  {message}")


def applied(view: "ApplyView", following: list[str] | None = None) -> Answer:
    """The answer of a command that applied something."""
    degraded = view.run is not None and view.run.state == "degraded"
    wrong = bool(view.failed or view.parked or view.held or degraded)
    following = following if following is not None else ["tallystick status"]
    if wrong:
        following = ["tallystick errors list --roots", *following]
    return Answer(view, lambda: show_applied(view), exit=IN_ERROR if wrong else 0, next=following)


@click.command("plan", cls=Command)
@click.option("--module", help="Only this module and what it needs.")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the plan to a file."
)
def plan(shell: Shell, *, module: str | None, out: Path | None) -> Answer:
    """Read, decide, print operations; writes nothing (exit 3 if there are any)."""
    with shell.workspace() as ws, watching(shell) as heard:
        view = shell.action("sync.plan")(
            ws, shell.integration, module=module, out=out, progress=heard
        )
    if view.empty:
        return Answer(view, lambda: show_plan(view), next=["tallystick status"])
    named = str(out) if out else view.digest
    return Answer(
        view,
        lambda: show_plan(view),
        exit=PLAN_HAS_CHANGES,
        next=[f"tallystick sync apply {named}"],
    )


@click.command("apply", cls=Command)
@click.argument("plan")
def apply(shell: Shell, *, plan: str) -> Answer:
    """Carry out exactly that plan, a FILE or its digest (exit 7 if it is stale)."""
    with shell.workspace() as ws, watching(shell) as heard:
        view = shell.action("sync.apply")(ws, plan, progress=heard)
    return applied(view)


@click.command("run", cls=Command)
@click.option("--module", help="Only this module and what it needs.")
@click.option("--auto-approve", is_flag=True, help="Apply without asking.")
def run(shell: Shell, *, module: str | None, auto_approve: bool) -> Answer:
    """Plan, confirm, apply; goes on where an earlier run stopped."""
    asked: list[PlanView] = []
    with shell.workspace() as ws:
        known = shell.action("integration.show")(ws, shell.integration).approved_at is not None

        def approve(view: "PlanView") -> bool:
            if auto_approve or shell.yes or known:
                return True
            asked.append(view)
            if not (shell.json or shell.jsonl):
                show_plan(view)
            return shell.confirm("Apply this plan?")

        with watching(shell) as heard:
            view = shell.action("sync.run")(
                ws, shell.integration, module=module, approve=approve, progress=heard
            )
    if asked and view.messages == ("not approved",):
        return Answer(
            view,
            lambda: click.echo("Not approved; nothing was written."),
            exit=PLAN_HAS_CHANGES,
            next=["tallystick sync run --auto-approve", f"tallystick sync apply {view.digest}"],
        )
    return applied(view)


def _show_run(view: "RunView | None") -> None:
    if view is None:
        click.echo("No run yet.")
        return
    going = "going on" if view.alive else "Interrupted; `tallystick sync run` goes on with it"
    state = going if view.finished_at is None else view.state
    click.echo(
        f"run {view.id}  {view.kind}  {state}  since {when(view.started_at)}  {view.seconds:.0f} s"
    )
    if view.message:
        click.echo(view.message)
    if view.slow:
        click.echo("INT-03  This run takes long; look at `tallystick doctor`.")
    table(
        ["module", "state", "read", "written", "held", "failed", "message"],
        [(m.module, m.state, m.read, m.written, m.held, m.failed, m.message) for m in view.modules],
    )


@click.command("status", cls=Command)
def status(shell: Shell) -> Answer:
    """The run that is going on, else the last one, module by module."""
    with shell.workspace() as ws:
        view = shell.action("sync.status")(ws, shell.integration)
    return Answer(view, lambda: _show_run(view), next=[_after(view)])


def _after(view: "RunView | None") -> str:
    """What to do about the run that was shown."""
    if view is None or view.interrupted:
        return "tallystick sync run"
    if view.finished_at is None:
        return "tallystick sync status"
    if view.state == "stalled":
        return "tallystick doctor"
    wrong = view.state == "degraded"
    return "tallystick errors list --roots" if wrong else "tallystick status"


@click.command("history", cls=Command)
@click.option(
    "--last", default=14, show_default=True, type=click.IntRange(1), help="Runs to look at."
)
@click.argument("run_id", required=False, type=int)
@list_options
@plot_options()
def history(
    shell: Shell,
    *,
    last: int,
    run_id: int | None,
    plot: bool,
    plot_out: Path | None,
    **options: Any,
) -> Answer:
    """Past runs with counts and durations; a RUN_ID shows its modules."""
    with shell.workspace() as ws:
        chart = run_chart(shell, ws) if plot or plot_out is not None else None
        views = shell.action("sync.history")(
            ws, shell.integration, last=last if run_id is None else 1000
        )
    if run_id is not None:
        one = next((v for v in views if v.id == run_id), None)
        if one is None:
            raise ConfigError(
                f"There is no run {run_id}.", code="CFG-12", fix="`tallystick sync history`"
            )
        return Answer(one, lambda: _show_run(one))
    names = ("run", "kind", "state", "started", "seconds", "written", "failed", "message")
    rows = [
        (
            v.id,
            v.kind,
            v.state,
            v.started_at,
            round(v.seconds, 1),
            v.changed,
            v.failed,
            v.message,
        )
        for v in views
    ]
    kept = chosen(names, rows, **options)
    if chart is not None and plot_out is not None:
        write_plots([chart], plot_out)

    def show() -> None:
        print_rows(kept, "No run yet.")
        if chart is not None and plot:
            history_bars(chart)

    return Answer(kept, show)


@click.command("sweep", cls=Command)
def sweep(shell: Shell) -> Answer:
    """Look up parked writes, read finished invoices back."""
    with shell.workspace() as ws:
        view = shell.action("sync.sweep")(ws, shell.integration)

    def show() -> None:
        for message in view.messages:
            click.echo(message)

    following = "tallystick errors list --roots" if view.parked else "tallystick status"
    return Answer(view, show, exit=IN_ERROR if view.parked else 0, next=[following])


sync = group(
    "sync",
    "Plan, apply, run; what went on.",
    {
        "plan": plan,
        "apply": apply,
        "run": run,
        "status": status,
        "history": history,
        "sweep": sweep,
    },
)
