"""Routes of a simulated service: method and path pattern to handler."""

import re
from collections.abc import Callable
from typing import Any

from tallystick.simulator.http import Request, Response

Handler = Callable[..., Response]
_NAME = re.compile(r"\{([a-z_]+)\}")


class Router:
    """Patterns such as /projects/{project_id}/tasks; a trailing slash makes no difference."""

    def __init__(self) -> None:
        self._exact: dict[tuple[str, str], Handler] = {}
        self._patterns: list[tuple[str, re.Pattern[str], Handler]] = []
        self._paths: list[re.Pattern[str]] = []
        self._fixed: set[str] = set()

    def add(self, method: str, pattern: str, handler: Handler) -> None:
        """Send requests of this method and path to the handler, path parts by name."""
        clean = pattern.rstrip("/") or "/"
        if "{" not in clean:
            self._exact[method, clean] = handler
            self._fixed.add(clean)
            return
        compiled = re.compile(_NAME.sub(r"(?P<\1>[^/]+)", clean))
        self._patterns.append((method, compiled, handler))
        self._paths.append(compiled)

    def find(self, method: str, path: str) -> tuple[Handler, dict[str, Any]] | None:
        """The handler of a request, with its path parts."""
        clean = path.rstrip("/") or "/"
        exact = self._exact.get((method, clean))
        if exact is not None:
            return exact, {}
        if clean in self._fixed:
            return None
        for known, pattern, handler in self._patterns:
            match = pattern.fullmatch(clean) if known == method else None
            if match is not None:
                return handler, match.groupdict()
        return None

    def knows(self, path: str) -> bool:
        """True when some method is served at this path."""
        clean = path.rstrip("/") or "/"
        return clean in self._fixed or any(p.fullmatch(clean) for p in self._paths)

    def dispatch(self, request: Request) -> Response | None:
        """The handler's answer, or None when nothing is served there."""
        found = self.find(request.method, request.path)
        if found is None:
            return None
        handler, parts = found
        return handler(request, **parts)
