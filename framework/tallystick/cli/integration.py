"""`tallystick integration`: connect, choose, switch off and on."""

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from tallystick.cli.options import Command, group
from tallystick.cli.shell import Answer, Shell
from tallystick.cli.tables import chosen, list_options, print_rows, table, when
from tallystick.errors import ConfigError

if TYPE_CHECKING:
    from tallystick.app.results import IntegrationView, PortalView
    from tallystick.app.workspace import Workspace

_OAUTH = ("client_id", "client_secret", "refresh_token")


def _show(view: "IntegrationView") -> None:
    cutoff = {"date": str(view.cutoff), "all_unbilled": "all unbilled"}.get(
        view.cutoff_mode, "not answered"
    )
    for name, value in (
        ("integration", view.name),
        ("state", view.badge),
        ("source", f"{view.source.title}  {view.portal_name or '-'} ({view.portal_id or '-'})"),
        (
            "target",
            f"{view.target.title}  {view.target.name or '-'} ({view.target.container or '-'})",
        ),
        ("modules", ", ".join(view.modules) or "-"),
        ("cutoff", cutoff),
        ("general", "on" if view.general_timesheets else "off"),
        ("duplicates", view.on_duplicate),
        ("set up", when(view.setup_at)),
    ):
        click.echo(f"{name:<12} {value}")


@click.command("list", cls=Command)
@list_options
def list_(shell: Shell, **options: Any) -> Answer:
    """Configured integrations and their badge."""
    with shell.workspace() as ws:
        views = shell.action("integration.list")(ws)
    names = ("name", "state", "portal", "target")
    kept = chosen(
        names, [(v.name, v.badge, v.portal_name, v.target.name) for v in views], **options
    )
    return Answer(kept, lambda: print_rows(kept, "No integration is configured."))


@click.command("show", cls=Command)
def show(shell: Shell) -> Answer:
    """One integration: portal, modules, cutoff, state."""
    with shell.workspace() as ws:
        view = shell.action("integration.show")(ws, shell.integration)
    return Answer(view, lambda: _show(view), next=["tallystick status"])


def _secret(shell: Shell, *, key_stdin: bool, email: str | None) -> tuple[str, dict[str, str]]:
    """The credential from stdin or prompts: JSON of OAuth values, or a legacy key."""
    if key_stdin:
        text = sys.stdin.read().strip()
    elif shell.json or not sys.stdin.isatty():
        raise ConfigError(
            "The credential is read from stdin.",
            code="CFG-05",
            fix="Add --key-stdin, and pipe in JSON: client_id, client_secret, refresh_token.",
        )
    elif email:
        text = click.prompt("Key", hide_input=True, err=True)
    else:
        values = {n: click.prompt(n, hide_input=n != "client_id", err=True) for n in _OAUTH}
        return "oauth", values
    if email:
        if not text:
            raise ConfigError("The key is empty.", code="AUTH-01", fix="Pipe the key in.")
        return "authtoken", {"email": email, "key": text}
    return "oauth", _oauth(text)


def _oauth(text: str) -> dict[str, str]:
    try:
        given = json.loads(text)
    except json.JSONDecodeError:
        given = None
    if not isinstance(given, dict) or any(not isinstance(given.get(n), str) for n in _OAUTH):
        raise ConfigError(
            "The credential must be a JSON object with client_id, client_secret and refresh_token.",
            code="AUTH-01",
            fix="For a legacy key add --email ADDRESS and pipe the bare key in.",
        )
    return {n: given[n] for n in _OAUTH}


def _settings(pairs: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise ConfigError(
                f"{pair} is no setting.", code="CFG-06", fix="Write --set NAME=VALUE."
            )
        found[name] = int(value) if value.isdigit() else value
    return found


@click.command("connect", cls=Command)
@click.option(
    "--side",
    type=click.Choice(["source", "target"]),
    required=True,
    help="Which of the two systems.",
)
@click.option("--email", help="E-mail address, with a legacy key.")
@click.option("--no-credential", is_flag=True, help="The connector needs none, such as a file.")
@click.option("--key-stdin", is_flag=True, help="Read the credential from stdin.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="A plain setting, such as dc=eu or base_url=URL.",
)
def connect(shell: Shell, *, side: str, settings: tuple[str, ...], **entered: Any) -> Answer:
    """Store a credential, encrypted, after trying it. Secrets are never arguments."""
    plain = _settings(settings)
    kind, values = ("none", {}) if entered.pop("no_credential") else _secret(shell, **entered)
    from tallystick.model.connection import Credential  # noqa: PLC0415 - behind the checks

    with shell.workspace() as ws:
        view = shell.action("integration.connect")(
            ws, shell.integration, side=side, credential=Credential(kind, values), settings=plain
        )
        after = _connected(shell, ws, side)
    return Answer(
        view, lambda: click.echo(f"{view.title}: connected with {view.credential}"), next=after
    )


def _connected(shell: Shell, ws: "Workspace", side: str) -> list[str]:
    """What comes after a side was connected: the other one, the choices, or a check."""
    state = shell.action("integration.show")(ws, shell.integration).state
    if state == "none":
        other = "target" if side == "source" else "source"
        return [f"tallystick integration connect --side {other}"]
    return ["tallystick integration portals" if state == "authorized" else "tallystick doctor"]


@click.command("portals", cls=Command)
@click.option(
    "--side", type=click.Choice(["source", "target"]), default="source", show_default=True
)
@click.option(
    "--all/--owned", "include_all", default=True, help="Also those that cannot be chosen."
)
def portals(shell: Shell, *, side: str, include_all: bool) -> Answer:
    """Portals the credential sees; those you do not own are listed with the reason."""
    with shell.workspace() as ws:
        views = shell.action("integration.portals")(
            ws, shell.integration, side=side, include_all=include_all
        )
        state = shell.action("integration.show")(ws, shell.integration).state
    names = ("id", "name", "role", "can be chosen")
    following = _set_up(views, side) if state in {"authorized", "configured"} else []
    rows = [(v.id, v.name, v.role, "yes" if v.owned else f"no: {v.code} {v.reason}") for v in views]
    return Answer(views, lambda: table(names, rows), next=following)


def _set_up(views: Sequence["PortalView"], side: str) -> list[str]:
    """The set-up with what can be chosen; in capitals what a person has to decide."""
    owned = [v.name for v in views if v.owned]
    chosen = quote(owned[0]) if len(owned) == 1 else "ID"
    portal = chosen if side == "source" else "PORTAL"
    organization = "" if side == "source" else f" --organization {chosen}"
    head = f"tallystick integration setup --portal {portal}{organization}"
    return [f"{head} --cutoff YYYY-MM-DD --consent"]


class Day(click.ParamType[Any]):
    """A calendar date, YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The date, or a usage error that says how one looks."""
        if not isinstance(value, str):
            return value
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            self.fail(f"{value!r} is no date; write YYYY-MM-DD, such as 2026-07-01.", param, ctx)


@click.command("setup", cls=Command)
@click.option("--portal", required=True, help="Portal id or name; you must own it.")
@click.option("--organization", help="Organization id or name, where there are several.")
@click.option("--modules", default="projects,timesheets", show_default=True)
@click.option("--cutoff", type=Day(), help="Work before this day counts as invoiced.")
@click.option("--all-unbilled", is_flag=True, help="All work counts as unbilled.")
@click.option("--general-timesheets/--no-general-timesheets", default=False, show_default=True)
@click.option(
    "--on-duplicate", default="ask", show_default=True, help="ask, clone, overwrite, skip"
)
@click.option("--consent", is_flag=True, help="The organization's name and e-mail may be shared.")
@click.option("--user", default="", help="Who sets it up, for the record.")
def setup(shell: Shell, *, modules: str, **answers: Any) -> Answer:
    """Choose portal, modules and cutoff in one go."""
    with shell.workspace() as ws:
        view = shell.action("integration.setup")(
            ws, shell.integration, modules=_modules(modules), **answers
        )
    return Answer(view, lambda: _show(view), next=["tallystick sync plan", "tallystick sync run"])


def _modules(text: str) -> tuple[str, ...]:
    return tuple(m.strip() for m in text.split(",") if m.strip())


@click.command("modules", cls=Command)
@click.option("--set", "chosen", help="Modules, with commas between them.")
@click.option("--general-timesheets", type=click.Choice(["on", "off"]))
def modules(shell: Shell, *, chosen: str | None, general_timesheets: str | None) -> Answer:
    """Show or change modules and the general-timesheets switch."""
    with shell.workspace() as ws:
        view = shell.action("integration.modules")(
            ws,
            shell.integration,
            chosen=_modules(chosen) if chosen is not None else None,
            general_timesheets=None if general_timesheets is None else general_timesheets == "on",
        )
    changed = chosen is not None or general_timesheets is not None
    following = ["tallystick sync plan"] if changed else []
    return Answer(view, lambda: _show(view), next=following)


@click.command("disable", cls=Command)
def disable(shell: Shell) -> Answer:
    """Switch off; records, pairs and claims are always kept."""
    with shell.workspace() as ws:
        view = shell.action("integration.disable")(ws, shell.integration)
    return Answer(view, lambda: _show(view), next=["tallystick integration enable"])


@click.command("enable", cls=Command)
@click.option("--user", default="", help="Who does it: request.user of the rules, unchecked.")
def enable(shell: Shell, *, user: str) -> Answer:
    """Switch on with the portal it had."""
    with shell.workspace() as ws:
        view = shell.action("integration.enable")(ws, shell.integration, user=user)
    return Answer(view, lambda: _show(view), next=["tallystick sync run"])


@click.command("re-enable", cls=Command)
@click.option("--portal", required=True, help="The portal it had; another is refused (INT-01).")
@click.option("--user", default="", help="Who does it: request.user of the rules, unchecked.")
def re_enable(shell: Shell, *, portal: str, user: str) -> Answer:
    """Switch on, naming the portal."""
    with shell.workspace() as ws:
        view = shell.action("integration.re-enable")(
            ws, shell.integration, portal=portal, user=user
        )
    return Answer(view, lambda: _show(view), next=["tallystick sync run"])


integration = group(
    "integration",
    "Connect, set up, switch off and on.",
    {
        "list": list_,
        "show": show,
        "connect": connect,
        "portals": portals,
        "setup": setup,
        "modules": modules,
        "disable": disable,
        "enable": enable,
        "re-enable": re_enable,
    },
)
