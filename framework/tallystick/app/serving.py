"""Serving the pages: `cli` and `web` do not know each other, so this names the door."""

from importlib import import_module
from pathlib import Path


def serve(home: Path, *, host: str, port: int, read_only: bool) -> None:
    """Serve the pages and the HTTP API until interrupted."""
    import_module("tallystick.web").serve(home, host=host, port=port, read_only=read_only)
