"""`tallystick rules`: list, show, check, lint, test; the rest has modules of its own."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tallystick.cli.excerpt import excerpt, first_letter, line_of
from tallystick.cli.findings import print_findings
from tallystick.cli.options import Command, group
from tallystick.cli.rulefiles import PATHS, folder
from tallystick.cli.rules_analysis import coverage, diff, mutate
from tallystick.cli.rules_drafts import draft, promote
from tallystick.cli.rules_fuzz import fuzz
from tallystick.cli.rules_history import backtest, explain
from tallystick.cli.rules_tools import fmt, schema, table
from tallystick.cli.shell import Answer, Shell
from tallystick.cli.tables import chosen, list_options, many, print_rows
from tallystick.cli.tables import table as print_table
from tallystick.errors import ConfigError, TallystickError

if TYPE_CHECKING:
    from tallystick.app.workspace import Workspace
    from tallystick.workbench import TestResult
    from tallystick.workbench.ruleviews import RuleReport

_COLUMNS = (
    "decision",
    "file",
    "origin",
    "state",
    "version",
    "owner",
    "applies_to",
    "strategy",
    "rules",
    "tests",
    "hash",
)


@click.command("list", cls=Command)
@list_options
def list_(shell: Shell, **options: Any) -> Answer:
    """Rule files with state, version and owner; those in force first."""
    with shell.workspace() as ws:
        views = shell.action("rules.list")(ws)
    rows = [[v.hash[:8] if n == "hash" else getattr(v, n) for n in _COLUMNS] for v in views]
    rows = [[None if cell == "" else cell for cell in row] for row in rows]
    kept = chosen(_COLUMNS, rows, **options)
    return Answer(kept, lambda: print_rows(kept, "No rule file."))


@click.command("show", cls=Command)
@click.argument("subject")
@click.option(
    "--as",
    "view",
    type=click.Choice(["sentence", "table", "yaml", "report"]),
    default="sentence",
    show_default=True,
)
def show(shell: Shell, *, subject: str, view: str) -> Answer:
    """One rule file as sentences, a table, its text, or a report: hits, tests, coverage, shadow.

    SUBJECT is a decision, a file, a rule's id, or `policies`.
    """
    with shell.workspace() as ws:
        if view == "report" and subject in {"policies", "policies.yaml"}:
            raise ConfigError("Policies have no report.", code="CFG-06", fix="Leave --as out.")
        if view == "report":
            report = shell.action("rules.report")(ws, subject)
            return Answer(report, lambda: _show_report(report))
        text = shell.action("rules.show")(ws, subject, view=view)
    return Answer({"subject": subject, "text": text}, lambda: click.echo(text.rstrip()))


def _show_report(report: "RuleReport") -> None:
    """Print hits, tests, coverage and what a shadow would have decided otherwise."""
    click.echo(f"{click.style(report.file, bold=True)}  {report.state}, {report.origin}")
    for document in report.documents:
        click.echo(f"{document.decision}  {document.title}")
        rows = [
            (r.number, r.id, r.outcome, f"{r.hits:,}" if document.kept else None, r.last)
            for r in document.rules
        ]
        print_table(["#", "rule", "then", "kept", "last"], rows)
        if not document.kept:
            click.echo(f"No decision of {document.decision} is kept.")
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
            examples = ", ".join(filter(None, kind["examples"]))
            click.echo(
                f"  {kind['count']:>6,} {was['outcome']} by {was['by']} -> "
                f"{now['outcome']} by {now['by']}{f'  e.g. {examples}' if examples else ''}"
            )


@click.command("check", cls=Command)
@PATHS
@click.option("--overlaps", is_flag=True, help="Also rules that want different things.")
@click.option(
    "--notes/--no-notes",
    default=None,
    help="Gaps and doubt, which end safely: of all files, or of none; default: of your own files.",
)
def check(shell: Shell, *, paths: tuple[Path, ...], overlaps: bool, notes: bool | None) -> Answer:
    """Check rule files: mistakes, dead rules, gaps, contradictions, with a record (exit 1)."""
    with folder(shell) as ws:
        found = shell.action("rules.check")(ws, paths, overlaps=overlaps)
    wrong = [d for d in found if d.kind == "mistake"]
    told = [d for d in found if d.kind == "note"]
    shown = [d for d in told if (d.owned if notes is None else notes)]

    def show() -> None:
        # beside a mistake, what is only to know waits until it is mended
        printed = shown if notes or not wrong else []
        print_findings([*wrong, *printed], "mistake", "All rule files are sound.")
        if notes is None and (left := len(told) - len(printed)):
            where = "" if wrong else " on files that are not yours"
            click.echo(f"{many(left, 'note')}{where}; --notes prints them.")

    return Answer([*wrong, *shown], show, exit=1 if wrong else 0)


@click.command("lint", cls=Command)
@PATHS
def lint(shell: Shell, *, paths: tuple[Path, ...]) -> Answer:
    """Say what sound rule files can be improved in (exit 1)."""
    with folder(shell) as ws:
        found = shell.action("rules.lint")(ws, paths)
    return Answer(
        found,
        lambda: print_findings(found, "finding", "Nothing to improve.", color="yellow"),
        exit=1 if found else 0,
    )


@click.command("test", cls=Command)
@PATHS
@click.option("-k", "pattern", help="Only tests whose name contains this.")
@click.option("--watch", is_flag=True, help="Run again when a file changes, until Ctrl-C.")
def test(shell: Shell, *, paths: tuple[Path, ...], pattern: str | None, watch: bool) -> Answer:
    """Run the tests and invariants inside rule files."""
    if watch and shell.json and not shell.jsonl:
        raise ConfigError(
            "One envelope cannot be watched.", code="CFG-06", fix="Use --jsonl with --watch."
        )
    with folder(shell) as ws:
        if watch:
            _watch(shell, ws, paths, pattern)
        results = shell.action("rules.test")(ws, paths, pattern=pattern)
    failed = [r for r in results if not r.passed]
    return Answer(results, lambda: _print_results(shell, results), exit=1 if failed else 0)


def _watch(
    shell: Shell, ws: "Workspace | None", paths: tuple[Path, ...], pattern: str | None
) -> None:
    """Run the tests now and after each change; a person ends it with Ctrl-C."""
    changes = shell.action("rules.watch")(ws, paths)
    while True:
        try:
            results = shell.action("rules.test")(ws, paths, pattern=pattern)
        except TallystickError as error:
            shell.failed("rules test", error)
        else:
            failed = sum(not r.passed for r in results)
            shell.event("tested", failed=failed, passed=len(results) - failed)
            if not shell.jsonl:
                _print_results(shell, results)
        shell.say("Waiting for a change; Ctrl-C ends it.")
        changed = next(changes)
        shell.say(f"\n{', '.join(f.name for f in changed)} changed")


def _print_results(shell: Shell, results: Sequence["TestResult"]) -> None:
    wrong = [r for r in results if not r.passed]
    for r in wrong:
        click.echo(f"{click.style('FAIL', fg='red')}  {r.name}  {r.file}:{r.line}")
        source = line_of((shell.home, Path()), r.file, r.line)
        if source is not None:
            excerpt(r.line, first_letter(source), source)
        for line in r.lines:
            excerpt(line.line, line.column, line.source, said=line.said)
        for part in r.message.splitlines():
            click.echo(f"  = {part}")
        if r.fix:
            click.echo(f"  = help: {r.fix}")
    click.echo(f"{len(wrong)} failed, {len(results) - len(wrong)} passed")


rules = group(
    "rules",
    "Rule files: list, show, check, lint, test, coverage, mutate, diff, explain, draft, backtest, "
    "promote, fuzz, fmt, schema, table.",
    {
        "list": list_,
        "show": show,
        "check": check,
        "lint": lint,
        "test": test,
        "coverage": coverage,
        "mutate": mutate,
        "diff": diff,
        "explain": explain,
        "draft": draft,
        "backtest": backtest,
        "promote": promote,
        "fuzz": fuzz,
        "fmt": fmt,
        "schema": schema,
        "table": table,
    },
)
