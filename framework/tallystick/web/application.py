"""The web application: routes, guards, and errors as pages or envelopes."""

import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from tallystick.app.workspace import Surroundings
from tallystick.errors import ConfigError, TallystickError
from tallystick.web import api, error_pages, guard, pages, rule_api, rule_pages
from tallystick.web.desk import WebDesk, desk_of
from tallystick.web.envelope import failure
from tallystick.web.rendering import render

_LOG = logging.getLogger("tallystick.web")
_STATIC = Path(__file__).parent / "static"
_API = "/api/v1"


def create_app(
    home: Path, *, read_only: bool = False, around: Surroundings | None = None
) -> FastAPI:
    """The application for one project folder; `around` replaces clock and transport in tests."""
    desk = WebDesk(home, read_only=read_only, around=around, token=secrets.token_urlsafe(24))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        desk.close()

    application = FastAPI(
        title="Tallystick",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{_API}/openapi.json",
        lifespan=lifespan,
    )
    application.state.desk = desk
    application.include_router(pages.router)
    application.include_router(error_pages.router)
    application.include_router(rule_pages.router)
    application.include_router(api.router, prefix=_API)
    application.include_router(rule_api.router, prefix=_API)
    application.mount("/static", StaticFiles(directory=_STATIC), name="static")
    application.add_exception_handler(TallystickError, _explain)
    application.add_exception_handler(RequestValidationError, _misspelt)
    application.add_exception_handler(HTTPException, _missing)
    application.middleware("http")(_guarded)
    return application


async def _guarded(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
    refused = guard.refusal(request)
    if refused is not None:
        response = _answer(request, *refused)
    else:
        try:
            response = await call(request)
        except Exception:  # noqa: BLE001 - it is logged, and told to whoever asks
            _LOG.exception("a page could not be made")
            error = TallystickError("The page could not be made.", code="CFG-99")
            response = _answer(request, error, 500)
    guard.add_headers(request, response)
    return response


def _answer(request: Request, error: TallystickError, status: int) -> Response:
    """An error as a page or as the JSON envelope, always with its code and what to do."""
    if request.url.path.startswith("/api/"):
        return JSONResponse(failure(error), status_code=status)
    desk = desk_of(request)
    back = request.url.path if request.method == "GET" else None
    html = render("error.html", desk=desk, title=error.code, error=error, back=back)
    return HTMLResponse(html, status_code=status)


async def _explain(request: Request, error: Exception) -> Response:
    if not isinstance(error, TallystickError):
        raise error
    return _answer(request, error, guard.status_of(error))


async def _misspelt(request: Request, error: Exception) -> Response:
    """A request whose words cannot be understood; names the fields, never their values."""
    found = error.errors() if isinstance(error, RequestValidationError) else ()
    fields = ", ".join(sorted({str(e["loc"][-1]) for e in found}))
    words = ConfigError(
        f"The request cannot be understood: {fields}.",
        code="CFG-06",
        fix="Load the page again, or compare the request with the published description.",
    )
    return _answer(request, words, 422)


async def _missing(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    words = "There is no such page." if status == 404 else "The request is not possible here."
    fix = "The overview links to every page."
    return _answer(request, ConfigError(words, code="CFG-12", fix=fix), status)
