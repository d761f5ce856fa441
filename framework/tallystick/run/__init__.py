"""Durable runs: the only importer of DBOS."""

from tallystick.run.engine import Engine
from tallystick.run.executor import ExecutorLock, Presence

__all__ = ["Engine", "ExecutorLock", "Presence"]
