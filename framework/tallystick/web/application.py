"""The web application: routes, security headers, same-origin forms."""

import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles

from tallystick.app.workspace import Surroundings
from tallystick.errors import TallystickError
from tallystick.web import api, pages
from tallystick.web.desk import WebDesk
from tallystick.web.rendering import render

CSP = (
    "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_HOSTS = {"127.0.0.1", "localhost", "[::1]", "testserver"}
_STATIC = Path(__file__).parent / "static"


def create_app(
    home: Path, *, read_only: bool = False, around: Surroundings | None = None
) -> FastAPI:
    """The application for one project folder; `around` replaces clock and transport in tests."""
    application = FastAPI(title="Tallystick", version="1", docs_url=None, redoc_url=None)
    desk = WebDesk(home, read_only=read_only, around=around, token=secrets.token_urlsafe(24))
    application.state.desk = desk
    application.include_router(pages.router)
    application.include_router(api.router, prefix="/api/v1")
    application.mount("/static", StaticFiles(directory=_STATIC), name="static")
    application.add_exception_handler(TallystickError, _explain)

    @application.middleware("http")
    async def guard(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        refusal = _foreign(request)
        response = refusal or await call(request)
        for name, value in HEADERS.items():
            response.headers[name] = value
        if not request.url.path.startswith("/static/"):
            response.headers["Cache-Control"] = "no-store"
        return response

    return application


def _foreign(request: Request) -> Response | None:
    """Refuse other host names, and posts from other origins (DNS rebinding, forged forms)."""
    host = request.headers.get("host", "").rsplit(":", 1)[0]
    if host not in _HOSTS:
        return JSONResponse({"error": "unknown host"}, status_code=421)
    origin = request.headers.get("origin")
    if request.method == "POST" and origin not in {None, "null"}:
        if urlsplit(str(origin)).netloc != request.headers.get("host"):
            return JSONResponse({"error": "other origin"}, status_code=403)
    return None


def _status(error: TallystickError) -> int:
    return {2: 400, 4: 502, 6: 409, 7: 409}.get(error.exit_code, 500)


async def _explain(request: Request, error: Exception) -> Response:
    """An error as a page or as the JSON envelope, always with its code and what to do."""
    if not isinstance(error, TallystickError):
        raise error
    status = _status(error)
    if request.url.path.startswith("/api/"):
        return JSONResponse(api.envelope_error(error), status_code=status)
    desk: WebDesk = request.app.state.desk
    html = render(
        "error.html", desk=desk, title=f"{error.code}", error=error, page="", name="", roots=0
    )
    return HTMLResponse(html, status_code=status)
