"""Who may ask, and the headers of every answer."""

from urllib.parse import urlsplit

from fastapi import Request, Response

from tallystick.errors import ConfigError, Refused, TallystickError

CSP = (
    "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self'; object-src 'none'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_STATUS = {
    "CFG-04": 404,
    "CFG-11": 404,
    "CFG-12": 404,
    "CFG-14": 404,
    "CFG-17": 403,
    "CFG-18": 403,
}
_BY_EXIT = {2: 400, 4: 502, 6: 409, 7: 409}


def status_of(error: TallystickError) -> int:
    """The HTTP status that says what an error says."""
    return _STATUS.get(error.code) or _BY_EXIT.get(error.exit_code, 500)


def refusal(request: Request) -> tuple[TallystickError, int] | None:
    """Why a request is not answered: another host's name (DNS rebinding), another site's form."""
    host = request.headers.get("host", "")
    if urlsplit(f"//{host}").hostname not in LOOPBACK:
        unknown = ConfigError(
            "This server answers to 127.0.0.1 and localhost only.",
            code="CFG-16",
            fix="Open the address that it printed when it started.",
        )
        return unknown, 421
    if request.method in _READING:
        return None
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    foreign = site not in {None, "same-origin", "none"}
    if origin is not None:
        foreign = foreign or origin != f"{request.url.scheme}://{host}"
    if foreign:
        error = Refused(
            "The form was sent by another site.",
            code="CFG-18",
            fix="Open the page on this server, then press the button.",
        )
        return error, 403
    return None


def add_headers(request: Request, response: Response) -> None:
    """Set the headers that forbid inline code, framing, sniffing and storing."""
    response.headers.update(HEADERS)
    if not request.url.path.startswith("/static/"):
        response.headers["Cache-Control"] = "no-store"
