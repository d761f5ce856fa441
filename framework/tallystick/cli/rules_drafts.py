"""`tallystick rules` draft and promote: rules on their way into force."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tallystick.cli.options import Command
from tallystick.cli.rulefiles import named
from tallystick.cli.shell import Answer, Shell
from tallystick.errors import ConfigError

if TYPE_CHECKING:
    from tallystick.workbench.gates import Gate
    from tallystick.workbench.promoting import Promotion

_GATES = {"ok": "green", "fail": "red", "warn": "yellow", "waived": "yellow"}


@click.command("promote", cls=Command)
@click.argument("subject", metavar="FILE")
@click.option("--to", type=click.Choice(["shadow", "enforce"]), help="Default: its next state.")
@click.option("--gates", is_flag=True, help="Only look; change nothing (exit 6 if one is shut).")
@click.option("--waive", multiple=True, metavar="GATE", help="Let a gate pass by its name.")
def promote(
    shell: Shell, *, subject: str, to: str | None, gates: bool, waive: tuple[str, ...]
) -> Answer:
    """Let a draft be asked beside the rules in force, or put it into force, through gates."""
    subject = named(subject)
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
        words = (
            "is used from the next decision on"
            if done.to == "enforce"
            else "is asked beside the rules in force"
        )
        click.echo(f"{done.file} {words}.")

    report = [f"tallystick rules show {done.file} --as report"] if done.to == "shadow" else []
    return Answer(done, show, next=[*done.asked_by, *report])


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
    subject = named(subject)
    with shell.workspace() as ws:
        if discard:
            gone = shell.action("rules.discard")(ws, subject)
            return Answer({"discarded": gone}, lambda: click.echo(f"discarded  {gone}"))
        made = shell.action("rules.draft")(ws, subject, source=source)
    steps = [f"tallystick rules {verb} {made.file}" for verb in ("test", "backtest", "promote")]
    return Answer(made, lambda: click.echo(f"written  {made.file}"), next=steps)
