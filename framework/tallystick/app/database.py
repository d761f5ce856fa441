"""The store's own upkeep."""

from pathlib import Path

from tallystick.app.config import load_config
from tallystick.app.workspace import key_path, marker_path
from tallystick.store import backup_store, begin_store, rekey_store, upgrade_store


def upgrade(home: Path) -> str:
    """Bring the store to this version's schema; returns the version."""
    config = load_config(home)
    return upgrade_store(config.store_url, key_file=key_path(config), marker=marker_path(config))


def backup(home: Path, out: Path) -> Path:
    """Copy the store to a file (SQLite); the key file is not in it."""
    return backup_store(load_config(home).store_url, out)


def begin(home: Path) -> str:
    """Make an empty store where the project's is missing; returns where.

    Refused while there is one (STO-06). Nothing that was billed is known to it: invoices in the
    accounts are found by its first sync, writes of unknown outcome are not.
    """
    config = load_config(home)
    return begin_store(config.store_url, marker=marker_path(config))


def rekey(home: Path) -> int:
    """Make a new key where the former is lost, and forget the credentials that only it opened.

    All else is kept: records, pairs, and the ledger of what was billed. Returns how many
    connections must be connected again.
    """
    config = load_config(home)
    return rekey_store(config.store_url, key_file=key_path(config))
