"""`tallystick billing`: preview, invoice, expenses, void, ledger."""

from collections.abc import Mapping, Sequence
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from tallystick.cli.integration import Day
from tallystick.cli.options import Command, group
from tallystick.cli.shell import IN_ERROR, Answer, Shell
from tallystick.cli.tables import hours, many, table
from tallystick.cli.watching import watching
from tallystick.errors import ConfigError

if TYPE_CHECKING:
    from tallystick.app.results_billing import InvoiceView, LedgerView, PreviewView

_GROUPING = "by_task"
GROUPINGS = ("single_line", "all_entries", "by_task", "by_user", "by_task_user")
_CHOICES = (
    click.option(
        "--with-expenses", is_flag=True, help="Expenses of this project and customer too."
    ),
    click.option("--grouping", type=click.Choice(GROUPINGS), default=_GROUPING, show_default=True),
    click.option("--customer", help="Customer id, where the project has none."),
    click.option("--until", type=Day(), help="Last work date, inclusive."),
)


def _choices(function: Any) -> Any:
    for option in _CHOICES:
        function = option(function)
    return function


def _show_preview(view: "PreviewView") -> None:
    unknown = "nobody yet" if view.blocked else "no customer yet: choose one with --customer ID"
    customer = view.customer_name or (unknown if view.blocked else f"{unknown} (INV-04)")
    name = click.style(view.project_name, bold=True)
    click.echo(f"{name}  for {customer}   {view.billing_method}, {view.grouping}")
    if view.blocked:
        click.echo(f"! {view.blocked[0]}  {view.blocked[1]}")
        if view.fix:
            click.echo(f"  fix  {view.fix}")
    for warning in view.warnings:
        click.echo(f"! {warning}")
    lines = [*view.lines, *view.expenses]
    if lines:
        table(
            ["line", "description", "hours", "quantity", "rate", "amount"],
            [
                (
                    x.name,
                    x.description,
                    hours(x.billed_minutes) if x.billed_minutes else "-",
                    x.quantity,
                    x.rate,
                    x.amount,
                )
                for x in lines
            ],
        )
    click.echo(f"total {view.total}   {hours(view.minutes)}")
    if view.left_out:
        click.echo(f"left out ({len(view.left_out)})")
        table(
            ["record", "what", "code", "why"],
            [(x.record, x.title, x.code, x.reason) for x in view.left_out],
        )


@click.command("preview", cls=Command)
@click.option("--project", required=True, help="Project name or id.")
@_choices
def preview(shell: Shell, **options: Any) -> Answer:
    """What an invoice would hold and what is left out, with reasons."""
    with shell.workspace() as ws:
        view = shell.action("billing.preview")(ws, shell.integration, **options)
    following = _billing(view, options)
    return Answer(view, lambda: _show_preview(view), next=following)


def _billing(view: "PreviewView", options: Mapping[str, Any]) -> list[str]:
    """The command that makes what was shown; the customer, where it is missing, in capitals."""
    if view.blocked or not (view.lines or view.expenses):
        return ["tallystick status"]
    if view.other_customer:
        return [f"tallystick billing preview --project {quote(view.project_name)}"]
    chosen = {**options, "customer": options["customer"] or (None if view.customer else "ID")}
    head = f"tallystick billing invoice --project {quote(view.project_name)}"
    return [head + _chosen(chosen)]


def _chosen(options: Mapping[str, Any]) -> str:
    """Choices of a bill as they were given, without those that are the default."""
    words = [f"--{n} {quote(str(options[n]))}" for n in ("until", "customer") if options[n]]
    if options["grouping"] != _GROUPING:
        words.append(f"--grouping {options['grouping']}")
    if options["with_expenses"]:
        words.append("--with-expenses")
    return "".join(f" {w}" for w in words)


@click.command("invoice", cls=Command)
@click.option("--project", help="Project name or id.")
@click.option("--all", "everything", is_flag=True, help="Every project with unbilled work.")
@click.option("--plan-only", is_flag=True, help="Print the plan, write nothing.")
@_choices
def invoice(shell: Shell, *, project: str | None, everything: bool, **options: Any) -> Answer:
    """Make a draft invoice of a project's unbilled work, at most once."""
    if (project is None) == (not everything):
        raise ConfigError("Name one project, or --all.", code="CFG-06")
    with shell.workspace() as ws, watching(shell) as heard:
        found = shell.action("billing.invoice")(
            ws, shell.integration, project=project, progress=heard, **options
        )

    def show() -> None:
        for view in found:
            _show_invoice(view)

        if not found:
            click.echo("No project has unbilled work.")

    wrong = any(v.status not in {"DONE", "PLANNED"} for v in found)
    data: Any = found[0] if project is not None else found
    which = "--all" if project is None else f"--project {quote(project)}"
    return Answer(
        data,
        show,
        exit=IN_ERROR if wrong else 0,
        next=[_billed(found, f"tallystick billing invoice {which}{_chosen(options)}")],
    )


def _billed(found: Sequence["InvoiceView"], again: str) -> str:
    """What comes next: make what was planned, look for what is unsure, prove what was made."""
    states = {v.status for v in found}
    if "PLANNED" in states:
        return again
    if states - {"DONE", "REFUSED"}:
        return "tallystick sync sweep"
    if "DONE" in states or not found:
        return "tallystick billing ledger --verify"
    return f"tallystick billing preview --project {quote(found[0].project_name)}"


def _show_invoice(view: "InvoiceView") -> None:
    if view.status == "REFUSED":
        click.echo(f"{view.project_name}  refused")
        click.echo(f"  {view.code}  {view.message}")
        return
    words = {"DONE": "draft made", "PLANNED": "would be made"}.get(view.status, view.status.lower())
    click.echo(
        f"{view.number or view.reference}  {view.project_name} for {view.customer_name}  "
        f"{many(view.entries, 'entry', 'entries')}, {hours(view.minutes)}  {view.total}  {words}"
    )
    if view.code:
        click.echo(f"  {view.code}  {view.message}")


@click.command("expenses", cls=Command)
@click.option("--project", required=True, help="Project name or id.")
@click.option("--customer", help="Customer id.")
def expenses(shell: Shell, *, project: str, customer: str | None) -> Answer:
    """Expenses of that project and customer only, and why others are left out."""
    with shell.workspace() as ws:
        view = shell.action("billing.expenses")(
            ws, shell.integration, project=project, customer=customer
        )
    given = {"until": None, "customer": customer, "grouping": _GROUPING, "with_expenses": True}
    return Answer(view, lambda: _show_preview(view), next=_billing(view, given))


@click.command("void", cls=Command)
@click.argument("invoice")
def void(shell: Shell, *, invoice: str) -> Answer:
    """Void an invoice made here; its entries are free once they read unbilled."""
    if not shell.confirm(f"Void {invoice}? It stays in the register with its number."):
        raise ConfigError("Nothing was voided.", code="CFG-06", fix="Add --yes to void it.")
    with shell.workspace() as ws:
        view = shell.action("billing.void")(ws, shell.integration, invoice=invoice)
    return Answer(view, lambda: _show_invoice(view), next=["tallystick sync run"])


@click.command("release", cls=Command)
@click.argument("reference")
@click.option("--user", default="", help="Who decides, for the record.")
def release(shell: Shell, *, reference: str, user: str) -> Answer:
    """Give free what a parked write holds, because you know that it made nothing."""
    if not shell.confirm(f"Release {reference}? Its work can be billed again. Did you look there?"):
        raise ConfigError("Nothing was released.", code="CFG-06", fix="Add --yes to release it.")
    with shell.workspace() as ws:
        view = shell.action("billing.release")(
            ws, shell.integration, reference=reference, user=user or "this user"
        )
    return Answer(view, lambda: _show_invoice(view), next=["tallystick sync run"])


@click.command("ledger", cls=Command)
@click.option("--project", help="Only this project.")
@click.option("--verify", is_flag=True, help="Prove: none double, logged minutes add up.")
def ledger(shell: Shell, *, project: str | None, verify: bool) -> Answer:
    """Claims and lines; --verify proves that nothing is double and no minute is lost."""
    with shell.workspace() as ws:
        view = shell.action("billing.ledger")(ws, shell.integration, project=project, verify=verify)
    wrong = verify and not view.ok
    following = ["tallystick sync run"] if wrong else ["tallystick status"]
    return Answer(view, lambda: _show_ledger(view), exit=1 if wrong else 0, next=following)


def _show_ledger(view: "LedgerView") -> None:
    table(
        ["record", "state", "invoice", "system", "hours", "found or made"],
        [
            (c.record, c.state, c.invoice, c.invoice_system, hours(c.minutes), c.origin)
            for c in view.claims
        ],
    )
    if view.verified:
        for double in view.doubles:
            click.echo(click.style(f"DOUBLE  {double}", fg="red"))
        table(
            ["project", "logged", "accounted for", "difference"],
            [
                (r.project_name, hours(r.logged), hours(sum(r.by_state.values())), r.difference)
                for r in view.conservation
            ],
        )
    verdict = f"{len(view.doubles)} double · " if view.verified else ""
    click.echo(f"{many(view.total_claims, 'claim')} · {verdict}ledger hash {view.hash}")


billing = group(
    "billing",
    "Preview, invoice, ledger.",
    {
        "preview": preview,
        "invoice": invoice,
        "expenses": expenses,
        "void": void,
        "release": release,
        "ledger": ledger,
    },
)
