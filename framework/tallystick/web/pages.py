"""The pages: overview, integration, errors. Every form posts and redirects, without JavaScript."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from tallystick.app import errors, integrations, lifecycle, status, sync
from tallystick.app.results import StatusView
from tallystick.app.workspace import Workspace
from tallystick.web.charts import history_chart
from tallystick.web.desk import WebDesk
from tallystick.web.rendering import render

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
Token = Annotated[str | None, Form()]


def _desk(request: Request) -> WebDesk:
    desk: WebDesk = request.app.state.desk
    return desk


def _page(request: Request, template: str, **values: Any) -> HTMLResponse:
    desk = _desk(request)
    return HTMLResponse(render(template, desk=desk, **values))


def _back(path: str) -> RedirectResponse:
    return RedirectResponse(path, status_code=303)


@router.get("/")
def overview(request: Request) -> HTMLResponse:
    """Each integration with its badge and next step."""
    with _desk(request).workspace() as ws:
        views = [status.status(ws, i.name) for i in integrations.listing(ws)]
        roots = sum(v.roots for v in views)
        return _page(
            request,
            "overview.html",
            title="Overview",
            page="overview",
            views=views,
            now=ws.clock.now(),
            roots=roots,
        )


def _integration_values(ws: Workspace, desk: WebDesk, name: str) -> dict[str, Any]:
    view: StatusView = status.status(ws, name)
    runs = [r for r in sync.history(ws, name) if r.kind in {"sync", "apply"}]
    waiting = sync.waiting_plan(ws, name)
    return {
        "view": view,
        "name": name,
        "now": ws.clock.now(),
        "runs": runs,
        "chart": history_chart(runs),
        "plan": waiting,
        "working": desk.working or view.open_run is not None,
        "roots": view.roots,
    }


@router.get("/i/{name}")
def integration(request: Request, name: str) -> HTMLResponse:
    """One integration: badge, modules, funnel, history, settings."""
    desk = _desk(request)
    with desk.workspace() as ws:
        values = _integration_values(ws, desk, name)
        view = values["view"]
        title = f"{view.integration.portal_name or name} and {view.integration.target.name}"
        return _page(request, "integration.html", title=title, page="integration", **values)


@router.get("/i/{name}/live")
def live(request: Request, name: str) -> HTMLResponse:
    """The moving part of the integration page, for htmx."""
    desk = _desk(request)
    with desk.workspace() as ws:
        return _page(request, "_live.html", **_integration_values(ws, desk, name))


@router.post("/i/{name}/sync")
def sync_now(request: Request, name: str, token: Token = None) -> RedirectResponse:
    """Start a run; the first one only plans and waits for approval (R-016)."""
    desk = _desk(request)
    desk.allow(token)
    desk.start_plan(name)
    return _back(f"/i/{name}")


@router.post("/i/{name}/apply")
def apply(
    request: Request, name: str, digest: Annotated[str, Form()], token: Token = None
) -> RedirectResponse:
    """Approve and carry out the plan that was shown."""
    desk = _desk(request)
    desk.allow(token)
    desk.start_apply(digest)
    return _back(f"/i/{name}")


@router.post("/i/{name}/disable")
def disable(request: Request, name: str, token: Token = None) -> RedirectResponse:
    """Switch the integration off."""
    desk = _desk(request)
    desk.allow(token)
    with desk.workspace() as ws:
        lifecycle.disable(ws, name)
    return _back(f"/i/{name}")


@router.post("/i/{name}/enable")
def enable(request: Request, name: str, token: Token = None) -> RedirectResponse:
    """Switch the integration on with the portal it had."""
    desk = _desk(request)
    desk.allow(token)
    with desk.workspace() as ws:
        lifecycle.enable(ws, name, user="web")
    return _back(f"/i/{name}")


@router.get("/errors")
def error_queue(request: Request, show: str = "all") -> HTMLResponse:
    """The error queue: roots with what waits for them."""
    desk = _desk(request)
    with desk.workspace() as ws:
        name = ws.default_integration()
        everything = errors.listing(ws, name, limit=500)
        roots = [errors.show(ws, e.id) for e in everything if e.kind == "root"]
        shown = [e for e in roots if show == "all" or (e.severity == "B") == (show == "you")]
        return _page(
            request,
            "errors.html",
            title="Errors",
            page="errors",
            name=name,
            now=ws.clock.now(),
            summary=errors.summary(ws, name),
            shown=shown,
            show=show,
            roots=len(roots),
            held=[e for e in everything if e.kind == "held"],
            waiting=sum(sum(e.waiting.values()) for e in roots),
            candidates={e.id: errors.candidates(ws, name, e.id) for e in shown},
            working=desk.working,
        )


@router.post("/errors/retry")
def retry(request: Request, token: Token = None) -> RedirectResponse:
    """Try everything again: a run."""
    desk = _desk(request)
    desk.allow(token)
    with desk.workspace() as ws:
        name = ws.default_integration()
    desk.start_plan(name)
    return _back("/errors")


@router.post("/errors/{error_id}/decide")
def decide(
    request: Request,
    error_id: int,
    answer: Annotated[str, Form()],
    customer: Annotated[str | None, Form()] = None,
    token: Token = None,
) -> RedirectResponse:
    """Answer a question about a contact, then try again."""
    desk = _desk(request)
    desk.allow(token)
    with desk.workspace() as ws:
        name = ws.default_integration()
        errors.decide(ws, name, error_id=error_id, answer=answer, with_id=customer)
    desk.start_plan(name)
    return _back("/errors")
