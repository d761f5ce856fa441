"""Rule files: reading, drafts with a live check, tests, backtest, promotion."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from tallystick.app import errors, integrations
from tallystick.app.rule_drafts import begin
from tallystick.app.status import rules_state
from tallystick.app.workspace import Workspace
from tallystick.errors import Refused, TallystickError
from tallystick.web.desk import WebDesk, desk_of
from tallystick.web.rendering import render
from tallystick.web.rule_views import listed, numbered, page_values, unread
from tallystick.workbench.backtests import backtest
from tallystick.workbench.examining import examine, tried
from tallystick.workbench.promoting import drop, promote
from tallystick.workbench.ruleviews import report

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
Token = Annotated[str | None, Form()]
Text = Annotated[str, Form()]


def _back(name: str, part: str = "") -> RedirectResponse:
    return RedirectResponse(f"/rules/{name}{part}", status_code=303)


def _common(ws: Workspace, desk: WebDesk) -> dict[str, Any]:
    names = [i.name for i in integrations.listing(ws)]
    name = names[0] if names else ""
    roots = sum(row.roots for row in errors.summary(ws, name)) if name else 0
    return {"desk": desk, "page": "rules", "name": name, "roots": roots, "now": ws.clock.now()}


@router.get("/rules")
def rule_files(request: Request) -> HTMLResponse:
    """Every rule file, and what is wrong with one that was refused."""
    desk = desk_of(request)
    with desk.workspace() as ws:
        html = render("rules.html", title="Rules", **_common(ws, desk), **listed(ws))
    return HTMLResponse(html)


@router.get("/rules/{name}")
def rule_file(
    request: Request, name: str, view: str | None = None, given: str | None = None
) -> HTMLResponse:
    """One rule file: as sentences, table or YAML; a draft can be edited and promoted.

    Beside the editor of a draft its readings are folded away until one is asked for.
    """
    desk = desk_of(request)
    with desk.workspace() as ws:
        broken = unread(ws, name)
        if broken is not None:
            html = render("rules_broken.html", title=name, **_common(ws, desk), **broken)
            return HTMLResponse(html, status_code=422)
        html = _page(ws, desk, name, view=view or "sentence", given=given, asked=view is not None)
    return HTMLResponse(html)


def _page(ws: Workspace, desk: WebDesk, name: str, *, view: str = "sentence", **more: Any) -> str:
    values = page_values(ws, name, view, more.pop("given", None))
    values |= {"edited": None, "error": None, "asked": False, **more}
    found = values["report"]
    values["edited"] = found.text if values["edited"] is None else values["edited"]
    values["lines"] = numbered(found.text, [d.line for d in values["findings"]])
    return render("rules_file.html", title=found.name, **_common(ws, desk), **values)


@router.post("/rules/{name}/draft", response_model=None)
def save_draft(
    request: Request,
    name: str,
    text: Text = "",
    over: Text = "",
    act: Text = "save",
    token: Token = None,
) -> HTMLResponse | RedirectResponse:
    """Begin a draft, or save or check what was edited; what cannot be saved stays in the form."""
    desk = desk_of(request)
    desk.allow(token)
    with desk.workspace() as ws:
        if not text:
            made = begin(ws, name)
            return _back(made.file.rpartition("/")[2])
        found = report(ws, name)
        if act == "check":
            return HTMLResponse(_page(ws, desk, name, **_tried(ws, found.file, text)))
        try:
            begin(ws, name, text, over=over or None)
        except TallystickError as error:
            html = _page(ws, desk, name, error=error, **_tried(ws, found.file, text))
            return HTMLResponse(html, status_code=409 if isinstance(error, Refused) else 422)
    return _back(name)


def _tried(ws: Workspace, file: str, text: str) -> dict[str, Any]:
    """A text that is not saved, what is wrong with it, and its tests."""
    return {
        "edited": text,
        "findings": examine(ws, file, text),
        "tests": tried(ws, file, text),
    }


@router.post("/rules/{name}/check")
def live_check(request: Request, name: str, text: Text = "", token: Token = None) -> HTMLResponse:
    """What is wrong with a text that is being edited, for htmx; nothing is written."""
    desk = desk_of(request)
    desk.allow(token)
    with desk.workspace() as ws:
        file = report(ws, name).file
        findings, results = examine(ws, file, text), tried(ws, file, text)
    html = render("rules_check.html", findings=findings, results=results)
    return HTMLResponse(html)


@router.post("/rules/{name}/discard")
def discard_draft(request: Request, name: str, token: Token = None) -> RedirectResponse:
    """Remove a draft; a copy is kept."""
    desk = desk_of(request)
    desk.allow(token)
    with desk.workspace() as ws:
        live = report(ws, name).live
        drop(ws, name)
        rules_state(ws)
    return _back(live)


@router.post("/rules/{name}/backtest")
def run_backtest(request: Request, name: str, token: Token = None) -> RedirectResponse:
    """Replay the stored decisions; the page shows what was found."""
    desk = desk_of(request)
    desk.allow(token)
    with desk.workspace() as ws:
        backtest(ws, name)
    return _back(name, "#backtest")


@router.post("/rules/{name}/promote")
def promote_file(
    request: Request,
    name: str,
    to: Text = "",
    waive: Annotated[list[str] | None, Form()] = None,
    token: Token = None,
) -> RedirectResponse:
    """Let a file be asked beside the rules in force, or put it into force."""
    desk = desk_of(request)
    desk.allow(token)
    with desk.workspace() as ws:
        done = promote(ws, name, to=to or None, waive=waive or ())
    return _back(done.file.rpartition("/")[2])
