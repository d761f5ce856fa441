"""The HTTP API: the same actions in the JSON envelope."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse

from tallystick.app import (
    billing,
    connectors,
    errors,
    explain,
    integrations,
    ledger,
    lifecycle,
    records,
    rules,
    status,
    sync,
)
from tallystick.app.plain import plain
from tallystick.app.workspace import Workspace
from tallystick.errors import TallystickError
from tallystick.web.desk import WebDesk

router = APIRouter()
Token = Annotated[str | None, Header(alias="X-Tallystick-Token")]


def envelope(data: Any, command: str) -> dict[str, Any]:
    """A successful answer."""
    return {
        "tallystick": "1.0",
        "command": command,
        "ok": True,
        "exit": 0,
        "data": plain(data),
        "warnings": [],
        "errors": [],
        "next": [],
    }


def envelope_error(error: TallystickError) -> dict[str, Any]:
    """A refusal or failure, with code and what to do."""
    where = error.where
    body = {
        "code": error.code,
        "message": error.message,
        "where": {"file": where.file, "line": where.line, "column": where.column}
        if where
        else None,
        "record": error.record,
        "rule": None,
        "fix": error.fix,
        "docs": None,
    }
    return {
        "tallystick": "1.0",
        "command": "",
        "ok": False,
        "exit": error.exit_code,
        "data": None,
        "warnings": [],
        "errors": [body],
        "next": [],
    }


def _read(request: Request, command: str, action: Callable[[Workspace], Any]) -> JSONResponse:
    desk: WebDesk = request.app.state.desk
    with desk.workspace() as ws:
        return JSONResponse(envelope(action(ws), command))


@router.get("/status")
def get_status(request: Request, name: str | None = None) -> JSONResponse:
    """Badge, freshness, errors, unbilled work, next step."""
    return _read(request, "status", lambda ws: status.status(ws, name))


@router.get("/integrations")
def get_integrations(request: Request) -> JSONResponse:
    """Configured integrations."""
    return _read(request, "integration list", integrations.listing)


@router.get("/integrations/{name}")
def get_integration(request: Request, name: str) -> JSONResponse:
    """One integration."""
    return _read(request, "integration show", lambda ws: integrations.show(ws, name))


@router.get("/integrations/{name}/run")
def get_run(request: Request, name: str) -> JSONResponse:
    """The run that is going on, else the last."""
    return _read(request, "sync status", lambda ws: sync.state(ws, name))


@router.get("/integrations/{name}/runs")
def get_runs(request: Request, name: str, last: int = 14) -> JSONResponse:
    """Past runs."""
    return _read(request, "sync history", lambda ws: sync.history(ws, name, last=last))


@router.post("/integrations/{name}/sync", status_code=202)
def post_sync(request: Request, name: str, token: Token = None) -> JSONResponse:
    """Start a run; poll `run` for how far it is."""
    desk: WebDesk = request.app.state.desk
    desk.allow(token)
    desk.start_plan(name)
    return JSONResponse(envelope({"started": True}, "sync run"), status_code=202)


@router.post("/integrations/{name}/disable")
def post_disable(request: Request, name: str, token: Token = None) -> JSONResponse:
    """Switch off."""
    desk: WebDesk = request.app.state.desk
    desk.allow(token)
    return _read(request, "integration disable", lambda ws: lifecycle.disable(ws, name))


@router.post("/integrations/{name}/enable")
def post_enable(request: Request, name: str, token: Token = None) -> JSONResponse:
    """Switch on with the portal it had."""
    desk: WebDesk = request.app.state.desk
    desk.allow(token)
    return _read(request, "integration enable", lambda ws: lifecycle.enable(ws, name, user="api"))


@router.get("/errors/summary")
def get_error_summary(request: Request) -> JSONResponse:
    """Counts by module and code."""
    return _read(request, "errors summary", errors.summary)


@router.get("/errors")
def get_errors(
    request: Request,
    module: str | None = None,
    code: str | None = None,
    *,
    roots: bool = False,
    limit: int = 200,
) -> JSONResponse:
    """The work queue, roots first."""
    return _read(
        request,
        "errors list",
        lambda ws: errors.listing(ws, module=module, code=code, roots=roots, limit=limit),
    )


@router.get("/errors/{error_id}")
def get_error(request: Request, error_id: int) -> JSONResponse:
    """One error with what waits for it."""
    return _read(request, "errors show", lambda ws: errors.show(ws, error_id))


@router.post("/errors/retry", status_code=202)
def post_retry(request: Request, token: Token = None) -> JSONResponse:
    """Try everything again: a run."""
    desk: WebDesk = request.app.state.desk
    desk.allow(token)
    with desk.workspace() as ws:
        name = ws.default_integration()
    desk.start_plan(name)
    return JSONResponse(envelope({"started": True}, "errors retry"), status_code=202)


@router.post("/errors/{error_id}/decide")
def post_decide(
    request: Request, error_id: int, body: Mapping[str, str], token: Token = None
) -> JSONResponse:
    """Answer a question about a contact: {"answer": ..., "with": ...}."""
    desk: WebDesk = request.app.state.desk
    desk.allow(token)
    return _read(
        request,
        "errors decide",
        lambda ws: errors.decide(
            ws, error_id=error_id, answer=body.get("answer", ""), with_id=body.get("with")
        ),
    )


@router.get("/records/{type}")
def get_records(request: Request, type: str, limit: int = 50) -> JSONResponse:
    """Stored records of one type."""
    return _read(request, "records list", lambda ws: records.listing(ws, type, limit=limit))


@router.get("/record/{ref:path}")
def get_record(request: Request, ref: str) -> JSONResponse:
    """One record and its other side."""
    return _read(request, "records show", lambda ws: records.show(ws, ref))


@router.get("/why/{ref:path}")
def get_why(request: Request, ref: str) -> JSONResponse:
    """Every decision about one record."""
    return _read(request, "records why", lambda ws: records.why(ws, ref))


@router.get("/billing/preview")
def get_preview(
    request: Request, project: str, until: date | None = None, customer: str | None = None
) -> JSONResponse:
    """What an invoice of a project would hold."""
    return _read(
        request,
        "billing preview",
        lambda ws: billing.preview(ws, project=project, until=until, customer=customer),
    )


@router.get("/ledger")
def get_ledger(request: Request, *, verify: bool = False) -> JSONResponse:
    """Claims and their proofs."""
    return _read(request, "billing ledger", lambda ws: ledger.ledger(ws, verify=verify))


@router.get("/rules")
def get_rules(request: Request) -> JSONResponse:
    """Rule files in force."""
    return _read(request, "rules list", rules.listing)


@router.get("/connectors")
def get_connectors(request: Request) -> JSONResponse:
    """Installed connectors and problems."""
    return _read(request, "connector list", lambda ws: connectors.listing(ws.home))


@router.get("/explain/{subject}")
def get_explain(request: Request, subject: str) -> JSONResponse:
    """What a code, a rule or a decision means."""
    return _read(request, "explain", lambda ws: explain.explain(ws, subject))
