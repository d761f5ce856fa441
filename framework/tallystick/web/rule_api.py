"""The HTTP API of rule files."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from tallystick.app import rules
from tallystick.errors import ConfigError
from tallystick.web.api import Once, Token, read, write
from tallystick.web.desk import WebDesk
from tallystick.workbench import backtests, promoting, rulefiles, ruleviews, tracing

router = APIRouter()


class Replaying(BaseModel):
    """What to hold a rule file against: stored, live, a file or a hash; since when."""

    against: str = "stored"
    since: datetime | None = None


class Promoting(BaseModel):
    """The state to promote to (else the next one), and gates to let pass by name."""

    to: str | None = None
    waive: list[str] = []


class Drafting(BaseModel):
    """The text of a draft; none begins a draft with a copy of the file."""

    text: str | None = None


@router.get("/rules")
def get_rules(request: Request) -> JSONResponse:
    """Rule files in force, then drafts and shadows."""
    return read(request, "rules list", rules.listing)


@router.get("/rules/{name}")
def get_rule(request: Request, name: str) -> JSONResponse:
    """One rule file: rules in words, hits, tests, coverage, what its shadow differs in."""
    return read(request, "rules show", lambda ws: ruleviews.report(ws, name))


@router.get("/rules/{name}/text")
def get_text(request: Request, name: str, view: str = "sentence") -> JSONResponse:
    """One rule file as `sentence`, `table` or `yaml`."""

    def act(ws: Any) -> Any:
        return {"subject": name, "text": rulefiles.show(ws, name, view=view)}

    return read(request, "rules show", act)


@router.get("/rules/{name}/explain")
def get_decision(request: Request, name: str, given: str) -> JSONResponse:
    """One decision by hand; `given` is YAML or JSON, as in a test."""
    return read(request, "rules explain", lambda ws: tracing.explain(ws, name, given=given))


@router.get("/rules/{name}/promotion")
def get_promotion(request: Request, name: str, to: str | None = None) -> JSONResponse:
    """The gates before a file's next state."""
    return read(request, "rules promote", lambda ws: promoting.promotion(ws, name, to))


@router.post("/rules/{name}/backtest")
def post_backtest(
    request: Request,
    name: str,
    body: Replaying | None = None,
    token: Token = None,
    once: Once = None,
) -> JSONResponse:
    """Replay stored decisions under a rule file; what was seen is remembered."""
    chosen = body or Replaying()

    def act(desk: WebDesk) -> Any:
        if "/" in chosen.against:
            raise ConfigError("A version is named, not given by its path.", code="CFG-06")
        with desk.workspace() as ws:
            return backtests.backtest(ws, name, against=chosen.against, since=chosen.since)

    return write(request, "rules backtest", act, keys=(token, once))


@router.post("/rules/{name}/promote")
def post_promote(
    request: Request,
    name: str,
    body: Promoting | None = None,
    token: Token = None,
    once: Once = None,
) -> JSONResponse:
    """Let a file be asked beside the rules in force, or put it into force."""
    chosen = body or Promoting()

    def act(desk: WebDesk) -> Any:
        with desk.workspace() as ws:
            return promoting.promote(ws, name, to=chosen.to, waive=chosen.waive)

    return write(request, "rules promote", act, keys=(token, once))


@router.post("/rules/{name}/draft")
def post_draft(
    request: Request,
    name: str,
    body: Drafting | None = None,
    token: Token = None,
    once: Once = None,
) -> JSONResponse:
    """Begin a draft of a rule file, or give it another text."""
    chosen = body or Drafting()

    def act(desk: WebDesk) -> Any:
        with desk.workspace() as ws:
            return promoting.draft(ws, name, text=chosen.text)

    return write(request, "rules draft", act, keys=(token, once))


@router.post("/rules/{name}/discard")
def post_discard(
    request: Request, name: str, token: Token = None, once: Once = None
) -> JSONResponse:
    """Discard a draft; a copy is kept."""

    def act(desk: WebDesk) -> Any:
        with desk.workspace() as ws:
            return {"discarded": promoting.drop(ws, name)}

    return write(request, "rules draft", act, keys=(token, once))
