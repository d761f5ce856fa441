"""Overview and integration pages. Every form posts and redirects, without JavaScript."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from tallystick.app import integrations, lifecycle, status, sync
from tallystick.app.charts import RUN_KINDS, history_chart
from tallystick.app.workspace import Workspace
from tallystick.web.desk import WebDesk, desk_of
from tallystick.web.moving import steps
from tallystick.web.rendering import render

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
Token = Annotated[str | None, Form()]


def _back(path: str) -> RedirectResponse:
    return RedirectResponse(path, status_code=303)


@router.get("/")
def overview(request: Request) -> HTMLResponse:
    """Each integration with its badge and next step."""
    desk = desk_of(request)
    with desk.workspace() as ws:
        views = [status.status(ws, i.name) for i in integrations.listing(ws)]
        values = {
            "views": views,
            "now": ws.clock.now(),
            "roots": sum(v.roots for v in views),
            "name": views[0].integration.name if views else "",
            "working": {v.integration.name: _working(desk, v) for v in views},
        }
    return HTMLResponse(
        render("overview.html", desk=desk, title="Overview", page="overview", **values)
    )


def _working(desk: WebDesk, view: Any) -> bool:
    alive = view.open_run is not None and view.open_run.alive
    return desk.job(view.integration.name).working or alive


def _values(ws: Workspace, desk: WebDesk, name: str) -> dict[str, Any]:
    view = status.status(ws, name)
    job = desk.job(view.integration.name)
    runs = sync.history(ws, name, kinds=RUN_KINDS)
    left = view.open_run is not None and not view.open_run.alive and not job.working
    return {
        "desk": desk,
        "view": view,
        "name": name,
        "now": ws.clock.now(),
        "runs": runs,
        "chart": history_chart(runs),
        "plan": sync.waiting_plan(ws, name),
        "working": _working(desk, view),
        "left_over": left,
        "steps": steps(job, view.open_run),
        "problem": None if job.working else job.problem,
        "roots": view.roots,
    }


@router.get("/i/{name}")
def integration(request: Request, name: str) -> HTMLResponse:
    """One integration: badge, modules, funnel, history, settings."""
    desk = desk_of(request)
    with desk.workspace() as ws:
        values = _values(ws, desk, name)
    one = values["view"].integration
    title = f"{one.portal_name or one.source.title} and {one.target.name or one.target.title}"
    return HTMLResponse(
        render("integration.html", title=title, page="integration", said=None, **values)
    )


@router.get("/i/{name}/live")
def live(request: Request, name: str) -> HTMLResponse:
    """The moving part of the integration page, for htmx."""
    desk = desk_of(request)
    with desk.workspace() as ws:
        values = _values(ws, desk, name)
    return HTMLResponse(render("_live.html", said="The page shows the present state.", **values))


@router.get("/i/{name}/progress")
def progress(request: Request, name: str, seen: str = "") -> HTMLResponse:
    """How far the run is; once it has ended, the whole moving part. Speaks once per module."""
    desk = desk_of(request)
    with desk.workspace() as ws:
        going = sync.state(ws, name)
        job = desk.job(name)
        if job.working or (going is not None and going.alive):
            shown = steps(job, going)
            said = next((s.sentence for s in reversed(shown) if s.current), None)
            current = next((s.module for s in reversed(shown) if s.current), "")
            html = render(
                "_progress.html",
                name=name,
                steps=shown,
                current=current,
                said=said if current != seen else None,
            )
            return HTMLResponse(html)
        values = _values(ws, desk, name)
    problem = values["problem"]
    said = f"The run ended with {problem.code}." if problem else "The run has ended."
    html = render("_live.html", said=said, **values)
    return HTMLResponse(html, headers={"HX-Retarget": "#live", "HX-Reswap": "outerHTML"})


@router.post("/i/{name}/sync")
def sync_now(request: Request, name: str, token: Token = None) -> RedirectResponse:
    """Start a run; the first one only plans and waits for approval (R-016)."""
    desk = desk_of(request)
    desk.allow(token)
    desk.start_sync(name)
    return _back(f"/i/{name}")


@router.post("/i/{name}/apply")
def apply(
    request: Request, name: str, digest: Annotated[str, Form()], token: Token = None
) -> RedirectResponse:
    """Approve and carry out the plan that was shown."""
    desk = desk_of(request)
    desk.allow(token)
    desk.start_apply(name, digest)
    return _back(f"/i/{name}")


@router.post("/i/{name}/disable")
def disable(request: Request, name: str, token: Token = None) -> RedirectResponse:
    """Switch the integration off."""
    desk = desk_of(request)
    desk.allow(token)
    with desk.workspace() as ws:
        lifecycle.disable(ws, name)
    return _back(f"/i/{name}")


@router.post("/i/{name}/enable")
def enable(request: Request, name: str, token: Token = None) -> RedirectResponse:
    """Switch the integration on with the portal it had."""
    desk = desk_of(request)
    desk.allow(token)
    with desk.workspace() as ws:
        lifecycle.enable(ws, name, user="web")
    return _back(f"/i/{name}")
