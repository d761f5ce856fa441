"""The command line: parses, calls one action, prints. Heavy rooms are imported inside commands."""

from tallystick.cli.root import main

__all__ = ["main"]
