"""The store's own upkeep."""

from pathlib import Path

from tallystick.app.config import load_config
from tallystick.store import backup_store, upgrade_store


def upgrade(home: Path) -> str:
    """Bring the store to this version's schema; returns the version."""
    config = load_config(home)
    return upgrade_store(config.store_url)


def backup(home: Path, out: Path) -> Path:
    """Copy the store to a file (SQLite); the key file is not in it."""
    return backup_store(load_config(home).store_url, out)
