"""The error queue: causes with what waits for them, answers, and trying again."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from tallystick.app import answers, errors, integrations, records
from tallystick.app.results_records import ErrorView, WhyView
from tallystick.app.workspace import Workspace
from tallystick.errors import ConfigError, TallystickError
from tallystick.web.desk import WebDesk, desk_of
from tallystick.web.queue import Issue, Queue, tree
from tallystick.web.rendering import render

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
Token = Annotated[str | None, Form()]
_OPEN_MAX = 5000
_NAMES_ONE = frozenset({"skip", "overwrite"})
"""Answers that name the customer it is."""


def _chosen(ws: Workspace, name: str | None) -> str:
    """The integration asked for, else the first."""
    names = [i.name for i in integrations.listing(ws)]
    if name is None and names:
        return names[0]
    if name not in names or name is None:
        raise ConfigError("There is no such integration.", code="CFG-04", fix="See the overview.")
    return name


@router.get("/errors")
def error_queue(
    request: Request,
    i: str | None = None,
    show: str = "all",
    module: str | None = None,
    page: int = 1,
) -> HTMLResponse:
    """The queue of one integration, causes with most waiting first."""
    desk = desk_of(request)
    with desk.workspace() as ws:
        name = _chosen(ws, i)
        queue = Queue.of(errors.listing(ws, name, limit=_OPEN_MAX))
        chosen = queue.chosen(show, module)
        pages = max(1, -(-len(chosen) // Queue.PAGE))
        page = min(max(page, 1), pages)
        part = chosen[(page - 1) * Queue.PAGE : page * Queue.PAGE]
        html = render(
            "errors.html",
            desk=desk,
            title="Errors",
            page="errors",
            name=name,
            names=[v.name for v in integrations.listing(ws)],
            now=ws.clock.now(),
            summary=errors.summary(ws, name),
            queue=queue,
            issues=[_issue(queue, e) for e in part],
            show=show,
            module=module,
            number=page,
            pages=pages,
            roots=len(queue.roots),
            job=desk.job(name),
        )
    return HTMLResponse(html)


def _issue(queue: Queue, error: ErrorView) -> Issue:
    children = queue.children(error)
    return Issue(error, tree(error, children), error.candidates)


@router.get("/errors/busy")
def busy(request: Request, i: str) -> HTMLResponse:
    """Whether the run goes on, for htmx; what a reader has typed is left alone."""
    return HTMLResponse(render("_busy.html", name=i, job=desk_of(request).job(i), first=False))


@router.get("/errors/{error_id}")
def one_error(request: Request, error_id: int) -> HTMLResponse:
    """One error with its whole cascade and why it was decided."""
    return HTMLResponse(_one(desk_of(request), error_id))


def _one(desk: WebDesk, error_id: int, wrong: str | None = None) -> str:
    """The page of one error; `wrong` says what was wrong with the answer that was just sent."""
    with desk.workspace() as ws:
        error = errors.show(ws, error_id)
        name = error.integration
        summary = errors.summary(ws, name)
        return render(
            "one_error.html",
            desk=desk,
            title=f"{'Not answered: ' if wrong else ''}{error.code} {error.record_title}",
            page="error",
            name=name,
            now=ws.clock.now(),
            issue=Issue(
                error,
                tree(error, error.cascade, most=_OPEN_MAX),
                error.candidates,
                wrong,
            ),
            why=_why(ws, error.record),
            roots=sum(row.roots for row in summary),
            job=desk.job(name),
        )


def _why(ws: Workspace, ref: str) -> WhyView | None:
    try:
        return records.why(ws, ref)
    except TallystickError:
        return None  # the record itself may never have been stored


@router.post("/errors/retry")
def retry(
    request: Request,
    i: Annotated[str | None, Form()] = None,
    code: Annotated[str | None, Form()] = None,
    token: Token = None,
) -> RedirectResponse:
    """Try all errors again, or those of one code."""
    desk = desk_of(request)
    desk.allow(token)
    with desk.workspace() as ws:
        name = _chosen(ws, i)
    desk.start_retry(name, code=code)
    return RedirectResponse(f"/errors?i={name}", status_code=303)


@router.post("/errors/{error_id}/retry")
def retry_one(request: Request, error_id: int, token: Token = None) -> RedirectResponse:
    """Try one error again."""
    desk = desk_of(request)
    desk.allow(token)
    with desk.workspace() as ws:
        name = errors.show(ws, error_id).integration
        errors.check_open(ws, name, (error_id,))
    desk.start_retry(name, ids=(error_id,))
    return RedirectResponse(f"/errors?i={name}", status_code=303)


@router.post("/errors/{error_id}/decide", response_model=None)
def decide(
    request: Request,
    error_id: int,
    answer: Annotated[str, Form()],
    customer: Annotated[str | None, Form()] = None,
    over: Annotated[str | None, Form()] = None,
    token: Token = None,
) -> Response:
    """Answer a question, then sync; `over` carries a contact's values over too.

    An answer that lacks its customer is asked for again, on the page of the error.
    """
    desk = desk_of(request)
    desk.allow(token)
    final = "overwrite" if answer == "skip" and over else answer
    if final in _NAMES_ONE and not customer:
        page = _one(desk, error_id, "Choose the customer first, then press Link and sync.")
        return HTMLResponse(page, status_code=422)
    with desk.workspace() as ws:
        name = errors.show(ws, error_id).integration
        answers.decide(ws, name, error_id=error_id, answer=final, with_id=customer, user="web")
    desk.start_sync(name)
    return RedirectResponse(f"/errors?i={name}", status_code=303)
