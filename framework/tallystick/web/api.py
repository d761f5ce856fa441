"""The HTTP API: the same actions in the JSON envelope."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from tallystick.app import (
    answers,
    billing,
    connectors,
    errors,
    explain,
    integrations,
    ledger,
    lifecycle,
    records,
    status,
    sync,
)
from tallystick.app.workspace import Workspace
from tallystick.web.desk import WebDesk, desk_of
from tallystick.web.envelope import success

router = APIRouter()
Token = Annotated[str | None, Header(alias="X-Tallystick-Token")]
Once = Annotated[str | None, Header(alias="Idempotency-Key")]


class Retrying(BaseModel):
    """Which errors to try again; nothing named means all of them."""

    ids: list[int] = []
    code: str | None = None


class Answer(BaseModel):
    """The answer to a question: clone, overwrite or skip and with whom; new or same; reopen or
    accept; undo.
    """

    answer: str
    with_id: str | None = Field(default=None, alias="with")


def read(request: Request, command: str, action: Callable[[Workspace], Any]) -> JSONResponse:
    """Answer with what an action finds."""
    with desk_of(request).workspace() as ws:
        return JSONResponse(success(action(ws), command))


def write(
    request: Request,
    command: str,
    act: Callable[[WebDesk], Any],
    *,
    keys: tuple[str | None, str | None],
    status_code: int = 200,
) -> JSONResponse:
    """Do something, once per idempotency key, if the token fits."""
    desk = desk_of(request)
    token, once = keys
    desk.allow(token)
    place = f"{request.url.path} {once}" if once else None
    answer = desk.once(place, lambda: success(act(desk), command))
    return JSONResponse(answer, status_code=status_code)


@router.get("/status")
def get_status(request: Request, name: str | None = None) -> JSONResponse:
    """Badge, freshness, errors, unbilled work, next step."""
    return read(request, "status", lambda ws: status.status(ws, name))


@router.get("/integrations")
def get_integrations(request: Request) -> JSONResponse:
    """Configured integrations."""
    return read(request, "integration list", integrations.listing)


@router.get("/integrations/{name}")
def get_integration(request: Request, name: str) -> JSONResponse:
    """One integration."""
    return read(request, "integration show", lambda ws: integrations.show(ws, name))


@router.get("/integrations/{name}/run")
def get_run(request: Request, name: str) -> JSONResponse:
    """The run that is going on, else the last."""
    return read(request, "sync status", lambda ws: sync.state(ws, name))


@router.get("/integrations/{name}/runs")
def get_runs(request: Request, name: str, last: int = 14) -> JSONResponse:
    """Past runs."""
    return read(request, "sync history", lambda ws: sync.history(ws, name, last=last))


@router.post("/integrations/{name}/sync", status_code=202)
def post_sync(
    request: Request, name: str, plan: int = 0, token: Token = None, once: Once = None
) -> JSONResponse:
    """Start a run; poll `run` for how far it is. With `?plan=1` it only plans."""

    def start(desk: WebDesk) -> Any:
        desk.start_sync(name, plan_only=bool(plan))
        return {"started": True}

    return write(request, "sync run", start, keys=(token, once), status_code=202)


@router.post("/integrations/{name}/disable")
def post_disable(
    request: Request, name: str, token: Token = None, once: Once = None
) -> JSONResponse:
    """Switch off."""

    def act(desk: WebDesk) -> Any:
        with desk.workspace() as ws:
            return lifecycle.disable(ws, name)

    return write(request, "integration disable", act, keys=(token, once))


@router.post("/integrations/{name}/enable")
def post_enable(
    request: Request, name: str, token: Token = None, once: Once = None
) -> JSONResponse:
    """Switch on with the portal it had."""

    def act(desk: WebDesk) -> Any:
        with desk.workspace() as ws:
            return lifecycle.enable(ws, name, user="api")

    return write(request, "integration enable", act, keys=(token, once))


@router.get("/errors/summary")
def get_error_summary(request: Request, name: str | None = None) -> JSONResponse:
    """Counts by module and code."""
    return read(request, "errors summary", lambda ws: errors.summary(ws, name))


@router.get("/errors")
def get_errors(
    request: Request,
    name: str | None = None,
    module: str | None = None,
    code: str | None = None,
    *,
    roots: bool = False,
    limit: int = 200,
) -> JSONResponse:
    """The work queue, roots first."""
    return read(
        request,
        "errors list",
        lambda ws: errors.listing(ws, name, module=module, code=code, roots=roots, limit=limit),
    )


@router.get("/errors/{error_id}")
def get_error(request: Request, error_id: int) -> JSONResponse:
    """One error with what waits for it."""
    return read(request, "errors show", lambda ws: errors.show(ws, error_id))


@router.post("/errors/retry", status_code=202)
def post_retry(
    request: Request,
    body: Retrying | None = None,
    name: str | None = None,
    token: Token = None,
    once: Once = None,
) -> JSONResponse:
    """Try chosen errors again: a run."""
    chosen = body or Retrying()

    def start(desk: WebDesk) -> Any:
        with desk.workspace() as ws:
            integration = integrations.show(ws, name).name
            errors.check_open(ws, integration, chosen.ids)
        desk.start_retry(integration, ids=chosen.ids, code=chosen.code)
        return {"started": True}

    return write(request, "errors retry", start, keys=(token, once), status_code=202)


@router.post("/errors/{error_id}/decide")
def post_decide(
    request: Request, error_id: int, body: Answer, token: Token = None, once: Once = None
) -> JSONResponse:
    """Answer a question about a contact or an entry: {"answer": ..., "with": ...}."""

    def act(desk: WebDesk) -> Any:
        with desk.workspace() as ws:
            name = errors.show(ws, error_id).integration
            return answers.decide(
                ws,
                name,
                error_id=error_id,
                answer=body.answer,
                with_id=body.with_id,
                user="api",
            )

    return write(request, "errors decide", act, keys=(token, once))


@router.get("/records/{type}")
def get_records(request: Request, type: str, limit: int = 50) -> JSONResponse:
    """Stored records of one type."""
    return read(request, "records list", lambda ws: records.listing(ws, type, limit=limit))


@router.get("/record/{ref:path}")
def get_record(request: Request, ref: str) -> JSONResponse:
    """One record and its other side."""
    return read(request, "records show", lambda ws: records.show(ws, ref))


@router.get("/why/{ref:path}")
def get_why(request: Request, ref: str) -> JSONResponse:
    """Every decision about one record."""
    return read(request, "records why", lambda ws: records.why(ws, ref))


@router.get("/billing/preview")
def get_preview(
    request: Request, project: str, until: date | None = None, customer: str | None = None
) -> JSONResponse:
    """What an invoice of a project would hold."""
    return read(
        request,
        "billing preview",
        lambda ws: billing.preview(ws, project=project, until=until, customer=customer),
    )


@router.get("/ledger")
def get_ledger(request: Request, *, verify: bool = False) -> JSONResponse:
    """Claims and their proofs."""
    return read(request, "billing ledger", lambda ws: ledger.ledger(ws, verify=verify))


@router.get("/connectors")
def get_connectors(request: Request) -> JSONResponse:
    """Installed connectors and problems."""
    return read(request, "connector list", lambda ws: connectors.listing(ws.home))


@router.get("/explain/{subject}")
def get_explain(request: Request, subject: str) -> JSONResponse:
    """What a code, a rule or a decision means."""
    return read(request, "explain", lambda ws: explain.explain(ws, subject))
