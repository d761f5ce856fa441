"""Commands without a group: demo, init, doctor, status, explain, serve."""

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from tallystick.cli.options import Command
from tallystick.cli.plots import funnel_bars, plot_options
from tallystick.cli.shell import Answer, Shell
from tallystick.cli.tables import amounts, hours, many, table, when
from tallystick.errors import ConfigError

_SEVERITIES = {
    "B": "blocks the record and all that hangs on it",
    "H": "holds the record back",
    "W": "warns, nothing is held",
    "S": "stops the run",
}

if TYPE_CHECKING:
    from tallystick.app.results import CheckLine, DemoStep, StatusView


@click.command("demo", cls=Command)
@click.option("--seed", default=1, show_default=True, help="Another world for another number.")
@click.option(
    "--serve",
    "serve_port",
    is_flag=False,
    flag_value=8710,
    type=int,
    help="Serve the pages afterwards.",
)
@click.option(
    "--crash",
    metavar="POINT",
    default="W6.answered",
    show_default=True,
    help="Where the process is killed.",
)
@click.option("--keep", is_flag=True, help="Leave the project folder behind.")
def demo(shell: Shell, *, seed: int, serve_port: int | None, crash: str, keep: bool) -> Answer:
    """Run the whole story on simulators: connect, sync, bill once, crash, prove."""
    steps: list[DemoStep] = []

    def told(step: "DemoStep") -> None:
        steps.append(step)
        shell.event("step", name=step.name, text=step.text, seconds=round(step.seconds, 3))
        if not (shell.json or shell.jsonl):
            click.echo(f"{len(steps):2} {step.name:<12} {step.text}")

    view = shell.action("demo")(
        on_step=told, seed=seed, crash=crash, keep=keep, serve_port=serve_port
    )
    home = f"--home {view.home} " if view.home else ""
    if view.home:
        following = [
            f"tallystick {home}serve",
            f"tallystick {home}errors list --roots",
            f"tallystick {home}billing ledger --verify",
        ]
    else:
        following = ["tallystick demo --keep", "tallystick demo --serve", "tallystick init"]
    data = {"steps": steps, "proof": view.proof, "home": view.home}
    return Answer(data, lambda: None, next=following)


@click.command("init", cls=Command)
@click.option("--connector", "connectors", multiple=True, help="Twice: the source, the target.")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
def init(shell: Shell, *, connectors: tuple[str, ...], folder: Path | None) -> Answer:
    """Make a project folder: configuration, rules/, store."""
    home = folder or shell.home
    chosen = {"connectors": connectors} if connectors else {}
    made = shell.action("init")(home, **chosen)

    def show() -> None:
        for path in made:
            click.echo(f"made {path}")

    first = "tallystick integration connect --side source"
    following = first if folder is None else f"cd {quote(str(folder))} && {first}"
    return Answer({"made": made}, show, next=[following])


@click.command("doctor", cls=Command)
@click.option("--offline", is_flag=True, help="Do not call the other systems.")
@click.option("--fix", is_flag=True, help="Repair what is safe first, and list it.")
@click.option(
    "--prove",
    is_flag=True,
    help="Try, by one draft that is voided, whether the accounts refuse a reference's second use.",
)
@click.option("--organization", metavar="ID", help="With --prove: where the draft may be made.")
@click.option("--customer", metavar="ID", help="With --prove: whom the draft is for.")
def doctor(
    shell: Shell,
    *,
    offline: bool,
    fix: bool,
    prove: bool,
    organization: str | None,
    customer: str | None,
) -> Answer:
    """Check store, rules, connectors, credentials, clock and permissions."""
    if prove and (offline or fix):
        raise ConfigError("--prove calls the accounts and goes alone.", code="CFG-06")
    if not prove and (organization or customer):
        raise ConfigError("--organization and --customer belong to --prove.", code="CFG-06")
    act = shell.action("doctor.prove" if prove else "doctor")
    chosen: dict[str, Any] = (
        {"name": shell.integration, "organization": organization, "customer": customer}
        if prove
        else {"offline": offline, "fix": fix}
    )
    lines: tuple[CheckLine, ...] = act(shell.home, **chosen, around=shell.surroundings())
    failures = sum(line.level == "fail" for line in lines)
    warnings = sum(line.level == "warn" for line in lines)

    def show() -> None:
        for line in lines:
            _show_check(line)
        if fix and not any(line.level == "fixed" for line in lines):
            click.echo("nothing to repair")
        click.echo(f"{many(failures, 'failure')}, {many(warnings, 'warning')}")

    following = [] if failures else ["tallystick status"]
    return Answer(lines, show, exit=1 if failures else 0, next=following)


_LEVELS = {"ok": "green", "fixed": "cyan", "warn": "yellow", "fail": "red"}


def _show_check(line: "CheckLine") -> None:
    level = click.style(f"{line.level:<5}", fg=_LEVELS[line.level])
    code = f"{line.code}  " if line.code else ""
    click.echo(f"{level} {line.what:<12} {code}{line.message}")
    if line.fix and line.level in {"warn", "fail"}:
        click.echo(f"      fix  {line.fix}")


@click.command("status", cls=Command)
@plot_options(file=False)
def status(shell: Shell, *, plot: bool) -> Answer:
    """One screen: badge, freshness, errors, unbilled work, next step."""
    with shell.workspace() as ws:
        view: StatusView = shell.action("status")(ws, shell.integration)
    return Answer(view, lambda: _show_status(view, plot=plot), next=[view.next_step])


def _show_status(view: "StatusView", *, plot: bool) -> None:
    one = view.integration
    click.echo(
        f"{one.portal_name or one.source.title} -> {one.target.name or one.target.title}   "
        + click.style(one.badge, bold=True)
    )
    click.echo(f"last run    {_last(view)}")
    click.echo(
        f"to bill     {amounts(view.to_bill)}   {many(view.to_bill_entries, 'entry', 'entries')}, "
        f"{hours(view.to_bill_minutes)}"
    )
    for part in view.to_bill_waiting:
        verb = "waits" if part.entries == 1 else "wait"
        click.echo(
            f"            {many(part.entries, 'entry', 'entries')} {verb}: {part.code} {part.title}"
        )
    for doubt in view.in_doubt:
        entries = many(doubt.entries, "entry", "entries")
        click.echo(f"in doubt    {doubt.total}   {entries} of {doubt.project_name}, INV-03")
        click.echo(f"            {doubt.reference}: {doubt.fix}")
    click.echo(f"errors      {many(view.roots, 'cause')}, {many(view.waiting, 'record')} waiting")
    click.echo(f"ledger      {many(view.claims, 'claim')}, {view.doubles} double")
    if plot:
        funnel_bars(view.funnel)
    for step in () if plot else view.funnel:
        drop = f"   -{step.dropped} {step.reason}" if step.dropped else ""
        click.echo(f"  {step.label:<18} {step.count:>6}{drop}")
    _show_rules(view)


def _last(view: "StatusView") -> str:
    """When the last run ended and what came of it; one whose process died has not ended."""
    left = view.open_run
    if left is not None and left.interrupted:
        return f"Interrupted, run {left.id} ({left.kind}) since {when(left.started_at)}"
    return f"{when(view.run.finished_at)}   {view.run.message or ''}" if view.run else "never"


def _show_rules(view: "StatusView") -> None:
    """The line about rule files: drafts and shadows, and what was refused."""
    rules = view.rules
    if rules is None:
        return
    if view.rules_problem is None:
        beside = [many(len(rules.drafts), "draft"), many(len(rules.shadows), "shadow")]
        named = f"   {', '.join(beside)}" if rules.drafts or rules.shadows else ""
        click.echo(f"rules       {many(len(rules.decisions), 'decision')}{named}")
        return
    after = "the former rules stay in force" if rules.hash else "nothing is decided until then"
    click.echo(f"rules       {click.style(view.rules_problem, fg='red')}")
    click.echo(f"            {after}; fix: {rules.fix}")


@click.command("explain", cls=Command)
@click.argument("subject", required=False)
def explain(shell: Shell, *, subject: str | None) -> Answer:
    """What a code, a rule or a decision means; without one, all codes.

    Codes need no project folder.
    """
    if subject is None:
        from tallystick.app.explain import listing  # noqa: PLC0415 - only this command needs it

        lines = listing()
        rows = [(line.code, line.title, line.cause) for line in lines]
        return Answer(
            lines,
            lambda: table(["code", "title", "when"], rows),
            next=["tallystick explain CODE"],
        )
    act: Any = shell.action("explain")
    try:
        view = act(None, subject)
    except ConfigError:
        if not (shell.home / "tallystick.toml").is_file():
            raise
        with shell.workspace() as ws:
            view = act(ws, subject)

    def show() -> None:
        click.echo(f"{click.style(view.subject, bold=True)}  {view.title}")
        click.echo(view.text)
        for name, value in view.facts.items():
            if value:
                words = _SEVERITIES.get(value, value) if name == "severity" else value
                click.echo(f"{name:<10} {words}")
        if view.fix:
            click.echo(f"{'fix':<10} {view.fix}")
        if view.see_also:
            click.echo(f"{'see also':<10} {', '.join(view.see_also)}")

    return Answer(view, show)


@click.command("serve", cls=Command)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to serve on.")
@click.option("--port", default=8710, show_default=True, type=click.IntRange(0, 65535))
@click.option("--read-only", is_flag=True, help="Only show, change nothing.")
def serve(shell: Shell, *, host: str, port: int, read_only: bool) -> None:
    """Serve the pages and the HTTP API until interrupted."""
    shell.action("serve")(shell.home, host=host, port=port, read_only=read_only)
