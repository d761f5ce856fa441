"""`tallystick errors`: summary, list, show, retry, decide."""

import getpass
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from tallystick.cli.options import Command, group
from tallystick.cli.shell import Answer, Shell
from tallystick.cli.sync import applied
from tallystick.cli.tables import chosen, hours, list_options, many, print_rows, table
from tallystick.cli.watching import watching
from tallystick.errors import ConfigError

if TYPE_CHECKING:
    from tallystick.app.progress import Progress
    from tallystick.app.results import RetryView
    from tallystick.app.results_records import Candidate, ErrorView


_SHOWN, _CUSTOMERS = 20, 5
_NAMES = ("error", "code", "kind", "module", "record", "title", "since", "waits", "answer")


def _number(text: str) -> int:
    digits = text.upper().removeprefix("E-")
    if not digits.isdigit():
        raise ConfigError(f"{text} is no error.", code="CFG-11", fix="Errors look like E-41.")
    return int(digits)


def _waits(view: "ErrorView") -> str:
    words = ", ".join(many(n, *_nouns(type_)) for type_, n in view.waiting.items())
    if not words:
        return "nothing waits"
    verb = "waits" if sum(view.waiting.values()) == 1 else "wait"
    return f"{words} {verb} ({hours(view.minutes_waiting)})"


def _nouns(type_: str) -> tuple[str, str]:
    """A type of record in words, for one and for several."""
    noun = type_.replace("_", " ")
    return noun, f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"


@click.command("summary", cls=Command)
def summary(shell: Shell) -> Answer:
    """Counts by module: causes, records that wait, held entries, codes."""
    with shell.workspace() as ws:
        rows = shell.action("errors.summary")(ws, shell.integration)

    def show() -> None:
        if not rows:
            click.echo("No open errors.")
            return
        table(
            ["module", "causes", "wait", "held", "codes"],
            [
                (
                    r.module,
                    r.roots,
                    r.cascades,
                    r.held,
                    " ".join(f"{c}:{n}" for c, n in r.codes.items()),
                )
                for r in rows
            ],
        )

    return Answer(rows, show, next=["tallystick errors list --roots"] if rows else [])


@click.command("list", cls=Command)
@click.option("--module", help="Only this module.")
@click.option("--code", help="Only this code.")
@click.option("--roots", is_flag=True, help="Only causes, those that hold most first.")
@list_options
def list_(
    shell: Shell, *, module: str | None, code: str | None, roots: bool, **options: Any
) -> Answer:
    """The work queue: causes first, with what waits for each."""
    with shell.workspace() as ws:
        views = shell.action("errors.list")(
            ws, shell.integration, module=module, code=code, roots=roots, limit=100_000
        )
    rows = [
        (
            f"E-{v.id}",
            v.code,
            v.kind,
            v.module,
            v.record,
            v.record_title,
            v.since,
            sum(v.waiting.values()),
            v.answer,
        )
        for v in views
    ]
    if not roots or options["columns"]:
        kept = chosen(_NAMES, rows, **options)
        after = [f"tallystick errors show E-{views[0].id}"] if views else []
        return Answer(kept, lambda: print_rows(kept, "No open errors."), next=after)
    known = {f"E-{v.id}": v for v in views}
    causes = [known[r["error"]] for r in chosen(_NAMES, rows, **options)]
    after = [f"tallystick errors show E-{causes[0].id}"] if causes else []
    return Answer(causes, lambda: _show_causes(causes), next=after)


def _show_causes(causes: Sequence["ErrorView"]) -> None:
    if not causes:
        click.echo("No open errors.")
        return
    held = sum(sum(v.waiting.values()) for v in causes)
    click.echo(
        f"{many(len(causes), 'cause')} {'holds' if len(causes) == 1 else 'hold'} "
        f"{many(held, 'record')}   oldest {min(v.since for v in causes):%Y-%m-%d}"
    )
    for view in causes:
        code = click.style(view.code, fg="red", bold=True)
        click.echo(
            f"E-{view.id}  {code}  {view.record}  {view.record_title}  {view.reason}   "
            f"{_waits(view)}"
        )
        _advice(view, "      fix  ")


def _advice(view: "ErrorView", head: str) -> None:
    """What to do, or what was answered; then the command that answers, or answers otherwise."""
    words = view.answered or view.fix
    if words:
        click.echo(f"{head}{words}")
    if view.command:
        blank = " " * len(head)
        click.echo(f"{blank}{'change it: ' if view.answered else ''}{view.command}")
        for one in () if view.answered else view.candidates[:_CUSTOMERS]:
            shared = [w for w, is_so in _shared(one) if is_so]
            click.echo(f"{blank}{one.id}  {one.name}  {one.email or '-'}  ({', '.join(shared)})")
        if len(view.candidates) > _CUSTOMERS and not view.answered:
            click.echo(f"{blank}… and {len(view.candidates) - _CUSTOMERS} more; --json names all")


def _shared(one: "Candidate") -> Sequence[tuple[str, bool]]:
    return ("same name", one.same_name), ("same e-mail", one.same_email)


@click.command("show", cls=Command)
@click.argument("error")
def show(shell: Shell, *, error: str) -> Answer:
    """One error with everything that waits for it."""
    with shell.workspace() as ws:
        view = shell.action("errors.show")(ws, _number(error))

    def text() -> None:
        click.echo(f"E-{view.id}  {click.style(view.code, fg='red', bold=True)}  {view.title}")
        click.echo(f"record  {view.record}  {view.record_title}")
        click.echo(f"reason  {view.reason}")
        click.echo(
            f"since   {view.since:%Y-%m-%d %H:%M}"
            + (f", closed {view.closed_at:%Y-%m-%d %H:%M}" if view.closed_at else "")
        )
        if view.cause:
            click.echo(f"cause   {view.cause}")
        _advice(view, "answer  " if view.answered else "fix     ")
        click.echo(_waits(view))
        for child in view.cascade:
            click.echo(f"  {child.code}  {child.record}  {child.record_title}")

    return Answer(view, text, next=_after(view))


def _after(view: "ErrorView") -> list[str]:
    """What to do about one error next."""
    if view.closed_at is not None:
        return ["tallystick errors list --roots"]
    if view.answered:
        return ["tallystick sync run"]
    if view.command:
        return [view.command]
    if view.root_id not in {None, view.id}:
        return [f"tallystick errors show E-{view.root_id}"]
    return [f"tallystick errors retry E-{view.id}"]


@click.command("retry", cls=Command)
@click.argument("errors", nargs=-1)
@click.option("--code", help="Every error of this code.")
@click.option("--all", "everything", is_flag=True, help="Every open error.")
def retry(shell: Shell, *, errors: tuple[str, ...], code: str | None, everything: bool) -> Answer:
    """Try again by one sync of everything; says which of the named errors are gone."""
    if not errors and code is None and not everything:
        raise _unnamed(shell)
    ids = [_number(e) for e in errors]
    begun: list[Progress] = []

    with shell.workspace() as ws, watching(shell) as heard:

        def first_said(progress: "Progress") -> None:
            if not begun:  # not before the errors that were named are known to be there
                shell.say("One sync tries everything again: that is the only sure way.")
                begun.append(progress)
            heard(progress)

        view: RetryView = shell.action("errors.retry")(
            ws, shell.integration, ids=ids, code=code, everything=everything, progress=first_said
        )
    answer = applied(view)

    def show() -> None:
        answer.show()
        _show_retried(view)

    return replace(answer, show=show)


def _unnamed(shell: Shell) -> ConfigError:
    """Name what can be tried again: the causes that hold most."""
    with shell.workspace() as ws:
        causes = shell.action("errors.list")(ws, shell.integration, roots=True, limit=_CUSTOMERS)
    words = ", ".join(f"E-{v.id} ({v.code} {v.record_title})" for v in causes)
    return ConfigError(
        "Nothing is named to try again.",
        code="CFG-06",
        fix=f"Add --all, --code CODE, or errors, such as {words}." if words else "None is open.",
    )


def _show_retried(view: "RetryView") -> None:
    click.echo(f"{many(len(view.gone), 'error')} gone, {len(view.stays)} left")
    for one in view.gone[:_SHOWN]:
        click.echo(f"  gone   E-{one.id}  {one.code}  {one.record}  {one.record_title}")
    for one in view.stays[:_SHOWN]:
        click.echo(f"  stays  E-{one.id}  {one.code}  {one.record}  {one.record_title}")
        click.echo(f"         {one.reason}")
    if len(view.gone) > _SHOWN or len(view.stays) > _SHOWN:
        click.echo("  … --json names all; `tallystick errors list` names what is left")


@click.command("decide", cls=Command)
@click.argument("error")
@click.argument("answer")
@click.option("--with", "with_id", metavar="ID", help="The customer it is.")
@click.option("--user", help="Who answers, kept beside the answer; else your login name.")
def decide(
    shell: Shell, *, error: str, answer: str, with_id: str | None, user: str | None
) -> Answer:
    """Answer a question; the next run goes on from the answer.

    About a contact: clone, overwrite or skip. About an entry like one that was billed (TS-09):
    new or same. About an entry before the cutoff (TS-12): reopen or accept. `undo` takes an
    answer about an entry back.
    """
    with shell.workspace() as ws:
        view = shell.action("errors.decide")(
            ws,
            shell.integration,
            error_id=_number(error),
            answer=answer.lower(),
            with_id=with_id,
            user=user or _login(),
        )
    words = view.answered or "The answer was taken back; the next sync asks anew."
    return Answer(
        view,
        lambda: click.echo(f"{view.record_title}: {words}"),
        next=["tallystick sync run"],
    )


def _login() -> str:
    """The name of whoever runs the command; where the machine has none, "this user"."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "this user"


errors = group(
    "errors",
    "What is in error, and why.",
    {"summary": summary, "list": list_, "show": show, "retry": retry, "decide": decide},
)
