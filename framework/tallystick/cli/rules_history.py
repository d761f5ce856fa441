"""`tallystick rules` backtest, promote, explain, draft: rules on their way, held to what was."""

import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tallystick.cli.findings import folder
from tallystick.cli.options import Command
from tallystick.cli.shell import Answer, Shell
from tallystick.cli.tables import hours, many, table
from tallystick.errors import ConfigError

if TYPE_CHECKING:
    from tallystick.workbench.backtest_results import Backtest, Change
    from tallystick.workbench.gates import Gate
    from tallystick.workbench.promoting import Promotion
    from tallystick.workbench.ruleviews import RuleReport
    from tallystick.workbench.tracing import Trace, TracedCondition

_GATES = {"ok": "green", "fail": "red", "warn": "yellow", "waived": "yellow"}
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
def backtest(shell: Shell, *, subject: str | None, against: str, since: str | None) -> Answer:
    """Replay stored decisions under a rule file: outcomes, amounts, what is invoiced already."""
    with shell.workspace() as ws:
        found = shell.action("rules.backtest")(
            ws,
            _named(subject) if subject else None,
            against=_named(against),
            since=_instant(since),
        )
    whole = against == "stored" and since is None
    drafts = [b.file for b in found if b.promotable]
    following = [f"tallystick rules promote {drafts[0]}"] if drafts and whole else []

    def show() -> None:
        for one in found:
            _show_backtest(one)

    return Answer(found, show, next=following)


def _named(subject: str) -> str:
    """A file that is there as its whole path; other words as they are."""
    path = Path(subject)
    return str(path.resolve()) if path.is_file() else subject


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


@click.command("promote", cls=Command)
@click.argument("subject", metavar="FILE")
@click.option("--to", type=click.Choice(["shadow", "enforce"]), help="Default: its next state.")
@click.option("--gates", is_flag=True, help="Only look; change nothing (exit 6 if one is shut).")
@click.option("--waive", multiple=True, metavar="GATE", help="Let a gate pass by its name.")
def promote(
    shell: Shell, *, subject: str, to: str | None, gates: bool, waive: tuple[str, ...]
) -> Answer:
    """Let a draft be asked beside the rules in force, or put it into force, through gates."""
    subject = _named(subject)
    with shell.workspace() as ws:
        if gates:
            found = shell.action("rules.promotion")(ws, subject, to, waive=waive)
            shut = 6 if found.open else 0
            return Answer(found, lambda: _show_gates(found), exit=shut)
        looked = shell.action("rules.promotion")(ws, subject, to, waive=waive)
        if looked.open and not (shell.json or shell.jsonl):
            _show_gates(looked)
        done = shell.action("rules.promote")(ws, subject, to=looked.to, waive=waive)

    def show() -> None:
        _show_gates(done)
        words = "is used from the next decision on" if done.to == "enforce" else "is asked beside"
        click.echo(f"{done.file} {words}.")

    following = {
        "shadow": ["tallystick sync run", f"tallystick rules show {done.file} --as report"],
        "enforce": ["tallystick sync plan"],
    }
    return Answer(done, show, next=following[done.to])


def _show_gates(found: "Promotion") -> None:
    for gate in found.gates:
        _show_gate(gate)


def _show_gate(gate: "Gate") -> None:
    state = click.style(f"{gate.state:<7}", fg=_GATES[gate.state])
    click.echo(f"{state} {gate.name:<9} {gate.message}")
    if gate.state == "fail":
        if gate.fix:
            click.echo(f"        fix  {gate.fix}")
        if gate.waivable:
            click.echo(f"        or   --waive {gate.name}")


@click.command("draft", cls=Command)
@click.argument("subject", metavar="FILE")
@click.option("--from", "source", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--discard", is_flag=True, help="Remove the draft; a copy is kept.")
def draft(shell: Shell, *, subject: str, source: Path | None, discard: bool) -> Answer:
    """Begin a draft beside a rule file, give it a text, or discard it."""
    if discard and source is not None:
        raise ConfigError("--discard takes no text.", code="CFG-06")
    subject = _named(subject)
    with shell.workspace() as ws:
        if discard:
            gone = shell.action("rules.discard")(ws, subject)
            return Answer({"discarded": gone}, lambda: click.echo(f"discarded  {gone}"))
        made = shell.action("rules.draft")(ws, subject, source=source)
    steps = [f"tallystick rules {verb} {made.file}" for verb in ("test", "backtest", "promote")]
    return Answer(made, lambda: click.echo(f"written  {made.file}"), next=steps)


@click.command("explain", cls=Command)
@click.argument("decision")
@click.option("--given", required=True, metavar="FILE", help="The subject; - is standard input.")
def explain(shell: Shell, *, decision: str, given: str) -> Answer:
    """Take one decision by hand, with every rule and condition; GIVEN is as in a test."""
    text = sys.stdin.read() if given == "-" else _text(Path(given))
    with folder(shell) as ws:
        trace = shell.action("rules.explain")(ws, _named(decision), given=text, name=given)
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
    mark = {"holds": "+", "does not hold": "-"}.get(condition.truth, "?")
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


def show_report(report: "RuleReport") -> None:
    """Print hits, tests, coverage and what a shadow would have decided otherwise."""
    click.echo(f"{click.style(report.file, bold=True)}  {report.state}, {report.origin}")
    for document in report.documents:
        click.echo(f"{document.decision}  {document.title}")
        rows = [(r.number, r.id, r.outcome, f"{r.hits:,}", r.last) for r in document.rules]
        table(["#", "rule", "then", "decisions", "last"], rows)
    click.echo(f"tests      {report.passed} pass, {len(report.failed)} fail")
    for line in report.coverage:
        click.echo(f"coverage   {line.reached} of {line.possible} answers of {line.decision}")
    if report.draft:
        click.echo(f"draft      rules/{report.draft}")
    _show_shadows(report.shadows)


def _show_shadows(shadows: Sequence[Any]) -> None:
    for one in shadows:
        click.echo(f"shadow     asked {one['asked']:,}, differs {one['differing']:,}")
        for kind in one["differences"][:10]:
            was, now = kind["live"], kind["shadow"]
            examples = ", ".join(kind["examples"])
            click.echo(
                f"  {kind['count']:>6,} {was['outcome']} by {was['by']} -> "
                f"{now['outcome']} by {now['by']}  e.g. {examples}"
            )
