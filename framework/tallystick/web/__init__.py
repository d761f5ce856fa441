"""Pages and HTTP API: parse, call one action, render."""

from tallystick.web.application import create_app
from tallystick.web.server import serve

__all__ = ["create_app", "serve"]
