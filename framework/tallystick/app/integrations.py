"""Setting up: what an administrator does once (R-001…R-024)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from tallystick.app.results import ConnectionView, IntegrationView, PortalView
from tallystick.app.views import BADGES, connection_view, integration_view
from tallystick.app.workspace import QUICK_TRIES, Workspace
from tallystick.errors import ConfigError, Refused, Unreachable
from tallystick.model.connection import CHOOSABLE, Credential, CutoffMode, Portal, Status
from tallystick.store import ConnectionData, IntegrationData

_SIDES = ("source", "target")
_NOT_REACHED = (
    "Check its address: --set base_url=URL and --set accounts_url=URL, or those of "
    "[connections.{connection}] in tallystick.toml (or dc, its data centre); "
    "where {system} is stopped, start it. Then connect again; nothing was kept."
)
_PREFERENCES = ("ask", "clone", "overwrite", "skip")


def listing(ws: Workspace) -> tuple[IntegrationView, ...]:
    """Every configured integration with its badge."""
    return tuple(show(ws, name) for name in ws.config.integrations)


def show(ws: Workspace, name: str | None = None) -> IntegrationView:
    """One integration."""
    return integration_view(ws, record(ws, name))


def record(ws: Workspace, name: str | None) -> IntegrationData:
    """The stored integration, made in state `none` on first sight."""
    wanted = ws.integration(name)
    found = ws.store.settings.integration(wanted.name)
    if found is None:
        found = IntegrationData(
            name=wanted.name, state=Status.NONE, source_id=wanted.source, target_id=wanted.target
        )
        ws.store.settings.put_integration(found)
    return found


def connect(
    ws: Workspace,
    name: str | None,
    *,
    side: str,
    credential: Credential,
    settings: Mapping[str, Any],
) -> ConnectionView:
    """Try a credential and store it, encrypted; nothing is kept when it is refused."""
    if side not in _SIDES:
        raise ConfigError(f"A side is source or target, not {side}.", code="CFG-06")
    before = record(ws, name)
    connection_id = before.source_id if side == "source" else before.target_id
    system = ws.config.connections[connection_id].system
    connector = ws.build(connection_id, credential, settings, read_tries=QUICK_TRIES)
    try:
        health = connector.check()
    except Unreachable as error:
        error.fix = _NOT_REACHED.format(system=system, connection=connection_id)
        raise
    if not health.ok:
        raise Refused(health.message, code=health.code or "AUTH-01", fix=health.fix)
    _same_container(connector.portals(), before, side)
    known = ws.store.settings.connection(connection_id)
    row = known or ConnectionData(connection_id, system)
    ws.store.settings.put_connection(
        replace(row, settings={**row.settings, **settings}, credential_kind=credential.kind),
        now=ws.clock.now(),
    )
    ws.store.vault.put_credential(connection_id, credential)
    ws.forget_connectors()
    if all(ws.store.vault.credential(c) for c in (before.source_id, before.target_id)):
        ws.store.settings.move(before.name, (Status.NONE,), Status.AUTHORIZED)
    ws.emit("connection.authorized", name=before.name, connection=connection_id)
    return connection_view(ws, connection_id)


def _same_container(portals: Sequence[Portal], before: IntegrationData, side: str) -> None:
    """A new credential must see the portal the integration belongs to (R-020)."""
    if side != "source" or before.portal_id is None:
        return
    if before.portal_id not in {p.id for p in portals}:
        raise Refused(
            f"This credential does not see the portal {before.portal_name}.",
            code="AUTH-03",
            fix="Use an account of the connected portal; the former credential stays in use.",
        )


def portals(
    ws: Workspace, name: str | None = None, *, side: str = "source", include_all: bool = True
) -> tuple[PortalView, ...]:
    """Portals the credential sees; those it does not own carry the reason (R-007)."""
    row = record(ws, name)
    connector = ws.quick(row.source_id if side == "source" else row.target_id)
    found = tuple(_portal_view(p) for p in connector.portals())
    if not any(p.owned for p in found):
        raise Refused(
            "This account owns no portal.", code="SETUP-03", fix="Sign in as the portal's owner."
        )
    return found if include_all else tuple(p for p in found if p.owned)


def _portal_view(portal: Portal) -> PortalView:
    reason = code = None
    if not portal.owned:
        owner = f"; its owner is {portal.owner_email}" if portal.owner_email else ""
        reason = f"you are {portal.role or 'a member'} here, not the owner{owner}"
        code = "SETUP-02"
    return PortalView(portal.id, portal.name, portal.role, portal.owned, portal.zone, reason, code)


def _choose(found: Sequence[Portal], wanted: str | None, what: str) -> Portal:
    owned = [p for p in found if p.owned]
    if wanted is None:
        if len(owned) == 1:
            return owned[0]
        names = ", ".join(f"{p.name} ({p.id})" for p in owned) or "none"
        raise ConfigError(
            f"Choose the {what}: {names}.", code="CFG-06", fix=f"Add --{what} with one of them."
        )
    match = [p for p in found if wanted in {p.id, p.name}]
    exact = [p for p in match if p.id == wanted] or match
    if not exact:
        raise Refused(
            f"There is no {what} {wanted} for this account.",
            code="SETUP-03",
            fix="tallystick integration portals lists those there are.",
        )
    if len(exact) > 1:
        ids = ", ".join(p.id for p in exact)
        raise ConfigError(
            f"Several are called {wanted}: {ids}.", code="CFG-06", fix=f"Add --{what} with one id."
        )
    if not exact[0].owned:
        raise Refused(
            f"You are {exact[0].role or 'a member'} of {exact[0].name}, not its owner.",
            code="SETUP-02",
            fix="Ask the owner to connect, or choose a portal that you own.",
        )
    return exact[0]


def _modules(chosen: Sequence[str]) -> list[str]:
    unknown = [m for m in chosen if m not in CHOOSABLE]
    if unknown:
        raise ConfigError(
            f"There is no module {unknown[0]}.",
            code="CFG-06",
            fix=f"Modules to choose: {', '.join(CHOOSABLE)}.",
        )
    return [m for m in CHOOSABLE if m == "projects" or m in chosen]


def setup(  # noqa: PLR0913 - one argument for each question of the set-up
    ws: Workspace,
    name: str | None,
    *,
    portal: str,
    organization: str | None = None,
    modules: Sequence[str] = CHOOSABLE,
    cutoff: date | None = None,
    all_unbilled: bool = False,
    general_timesheets: bool = False,
    on_duplicate: str = "ask",
    consent: bool = False,
    user: str = "",
) -> IntegrationView:
    """Choose portal, organization, modules and cutoff in one go (R-006…R-013)."""
    row = record(ws, name)
    _can_set_up(row)
    chosen = _modules(modules)
    mode = _cutoff_mode(chosen, cutoff, all_unbilled=all_unbilled)
    if on_duplicate not in _PREFERENCES:
        raise ConfigError(f"on-duplicate is one of {', '.join(_PREFERENCES)}.", code="CFG-06")
    _agreed(consent=consent)
    source, target = ws.quick(row.source_id), ws.quick(row.target_id)
    place = _choose(source.portals(), portal, source.container)
    books = _choose(target.portals(), organization, target.container)
    _one_to_one(ws, row, place, books)
    for connection_id, found in ((row.source_id, place), (row.target_id, books)):
        _contain(ws, connection_id, found)
    now = ws.clock.now()
    ws.store.settings.put_integration(
        replace(
            row,
            portal_id=place.id,
            portal_name=place.name,
            zone=books.zone or "UTC",
            modules=chosen,
            cutoff_mode=mode,
            cutoff=cutoff,
            general_timesheets=general_timesheets,
            on_duplicate=on_duplicate,
            consent_by=user or "this user",
            consent_at=now,
            setup_at=now,
        )
    )
    ws.store.settings.move(row.name, (Status.AUTHORIZED, Status.CONFIGURED), Status.CONFIGURED)
    ws.forget_connectors()
    ws.emit("integration.configured", name=row.name, portal=place.id, organization=books.id)
    return show(ws, row.name)


def _can_set_up(row: IntegrationData) -> None:
    if row.state in {Status.AUTHORIZED, Status.CONFIGURED}:
        return
    none = row.state == Status.NONE
    raise Refused(
        f"The integration is {BADGES[Status(row.state)]}; set-up comes after connecting and "
        "before the first sync.",
        code="SETUP-07" if none else "INT-01",
        fix="Connect both sides first: tallystick integration connect --side source, then target."
        if none
        else "Use `integration modules` to change modules, `re-enable` to switch on again.",
    )


def _agreed(*, consent: bool) -> None:
    """What is shared is said first (R-006)."""
    if not consent:
        raise Refused(
            "The organization's name and e-mail address will be given to the portal, and adding "
            "unknown users may send them an invitation.",
            code="SETUP-08",
            fix="Agree with --consent.",
        )


def _cutoff_mode(modules: Sequence[str], cutoff: date | None, *, all_unbilled: bool) -> CutoffMode:
    if "timesheets" not in modules:
        return CutoffMode.UNANSWERED
    if (cutoff is None) == (not all_unbilled):
        raise Refused(
            "The cutoff question needs exactly one answer.",
            code="SETUP-07",
            fix="Give --cutoff DATE (earlier work counts as invoiced), or --all-unbilled.",
        )
    return CutoffMode.ALL_UNBILLED if all_unbilled else CutoffMode.DATE


def _one_to_one(ws: Workspace, row: IntegrationData, portal: Portal, books: Portal) -> None:
    """One organization belongs to one portal (R-008)."""
    for other in ws.store.settings.integrations():
        if other.name == row.name or other.portal_id is None:
            continue
        target = ws.store.settings.connection(other.target_id)
        if other.portal_id == portal.id or (target and target.container_id == books.id):
            raise Refused(
                f"{portal.name} or {books.name} belongs to the integration {other.name} already.",
                code="INT-01",
                fix="One organization goes with one portal.",
            )


def _contain(ws: Workspace, connection_id: str, container: Portal) -> None:
    info = ws.host.connector(ws.config.connections[connection_id].system)
    row = ws.store.settings.connection(connection_id)
    if row is None:
        raise ConfigError(f"Connect {connection_id} first.", code="CFG-05")
    settings = {**row.settings, info.connector.container_setting: container.id}
    ws.store.settings.put_connection(
        replace(row, container_id=container.id, name=container.name, settings=settings),
        now=ws.clock.now(),
    )


def modules(
    ws: Workspace,
    name: str | None,
    *,
    chosen: Sequence[str] | None = None,
    general_timesheets: bool | None = None,
) -> IntegrationView:
    """Show or change modules and the general-timesheets switch; takes effect at the next sync."""
    row = record(ws, name)
    if chosen is not None or general_timesheets is not None:
        picked = row.modules if chosen is None else _modules(chosen)
        if "timesheets" in picked and row.cutoff_mode == CutoffMode.UNANSWERED:
            raise Refused(
                "Timesheets needs an answer to the cutoff question first.",
                code="SETUP-07",
                fix="Run `integration setup` again with --cutoff DATE or --all-unbilled.",
            )
        general = row.general_timesheets if general_timesheets is None else general_timesheets
        ws.store.settings.put_integration(
            replace(row, modules=list(picked), general_timesheets=general)
        )
        ws.emit("integration.modules", name=row.name, modules=list(picked), general=general)
    return show(ws, row.name)
