"""A page in a real browser that writes down what must not happen."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, sync_playwright

ACCESSIBILITY = (Path(__file__).parent / "accessibility.js").read_text(encoding="utf-8")
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Tab:
    """One page; `complaints` holds console errors, script errors and foreign requests."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to a page of the site."""
        self.page.goto(self.base + path)
        return self.page

    def watch(self) -> None:
        """Write down complaints from now on."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        expected = "status of 404" in message.text or "status of 409" in message.text
        if message.type in {"error", "warning"} and not expected:
            self.complaints.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.base).netloc:
            self.complaints.append(f"foreign: {request.url}")


@contextmanager
def browsing(
    chromium: str,
    profile: Path,
    base: str,
    arguments: tuple[str, ...],
    *,
    script: bool = True,
    width: int = 1280,
    dark: bool = False,
) -> Iterator[Tab]:
    """A fresh browser with a profile of its own."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=chromium,
            args=list(arguments),
            headless=True,
            java_script_enabled=script,
            viewport={"width": width, "height": 800},
            color_scheme="dark" if dark else "light",
        )
        context.set_default_timeout(30_000)
        tab = Tab(context.new_page(), base)
        tab.watch()
        try:
            yield tab
        finally:
            context.close()
