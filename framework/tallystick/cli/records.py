"""`tallystick records`: list, show, why."""

from typing import TYPE_CHECKING, Any

import click

from tallystick.cli.options import Command, group
from tallystick.cli.shell import Answer, Shell
from tallystick.cli.tables import cell, hours, list_options, pairs, table

if TYPE_CHECKING:
    from tallystick.app.results_records import DecisionView, WhyView

_MARKS = {"yes": "✓", "no": "✗", "unknown": "?"}
_TONES = {"yes": "green", "no": "red", "unknown": "yellow"}


@click.command("list", cls=Command)
@click.argument("type")
@list_options
def list_(
    shell: Shell,
    *,
    type: str,
    columns: str | None,
    where: tuple[str, ...],
    sort: str | None,
    limit: int,
) -> Answer:
    """Stored records of one type, both sides."""
    with shell.workspace() as ws:
        found = shell.action("records.list")(
            ws,
            type,
            where=pairs(where),
            sort=sort,
            limit=limit,
            columns=[c.strip() for c in columns.split(",")] if columns else None,
        )

    def show() -> None:
        table(found.columns, [[row[c] for c in found.columns] for row in found.rows])
        if found.total > len(found.rows):
            click.echo(f"{len(found.rows)} of {found.total}; --limit shows more", err=True)

    return Answer(found, show)


@click.command("show", cls=Command)
@click.argument("ref")
def show(shell: Shell, *, ref: str) -> Answer:
    """One record, TYPE:ID, with the other side's if the two are linked."""
    with shell.workspace() as ws:
        found = shell.action("records.show")(ws, ref)

    def text() -> None:
        other: Any = found["other"] or {}
        names = [n for n in found["record"] if n not in {"extra", "content_hash"}]
        table(
            ["field", "here", "other side"],
            [(n, found["record"][n], other.get(n)) for n in names],
        )

    return Answer(found, text, next=[f"tallystick records why {ref}"])


@click.command("why", cls=Command)
@click.argument("ref")
def why(shell: Shell, *, ref: str) -> Answer:
    """Every decision about a record, newest first, with its reason and what would change it."""
    with shell.workspace() as ws:
        view = shell.action("records.why")(ws, ref)
    return Answer(view, lambda: _show(view))


def _show(view: "WhyView") -> None:
    facts = view.facts
    click.echo(f"{click.style(view.record, bold=True)}  {view.title}")
    if facts.get("minutes") is not None:
        click.echo(f"{hours(int(facts['minutes']))}  {facts.get('notes', '')}".rstrip())
    click.echo(view.headline)
    if view.other_side:
        click.echo(f"other side  {view.other_side}")
    if view.answered:
        click.echo(f"answered: {view.answered}")
    for decision in view.decisions:
        _show_decision(decision)


def _show_decision(decision: "DecisionView") -> None:
    code = f"  {decision.code}" if decision.code else ""
    number = f"decision {decision.id}"
    if decision.id is None:
        number = f"no number of its own; it led to decision {decision.kept_with}"
    click.echo(
        f"{decision.at:%Y-%m-%d %H:%M}  {decision.decision}  "
        f"{click.style(decision.outcome, bold=True)}  by {decision.by}{code}  {decision.place}"
        f"  ({number})"
    )
    click.echo(f"   because {decision.because}")
    for row in decision.evidence:
        mark = click.style(_MARKS[row["holds"]], fg=_TONES[row["holds"]])
        click.echo(f"   {mark} {row['path']:<28} {cell(row['value']):<24} {row['test']}")
    if decision.nearest:
        click.echo(f"   {decision.nearest}")
    if decision.fix:
        click.echo(f"   fix {decision.fix}")


records = group(
    "records",
    "Stored records, and every decision about them.",
    {"list": list_, "show": show, "why": why},
)
