"""Every test here may take `ws`, a project that was synced once, with its `world` and `clock`."""

from workbench.replayed import clock, synced, world, ws

__all__ = ["clock", "synced", "world", "ws"]
