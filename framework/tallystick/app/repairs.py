"""Repairs that are safe without asking: permissions, folders, dead locks, the write-ahead log."""

import fcntl
import stat
from collections.abc import Iterator
from pathlib import Path

from tallystick.app.config import load_config
from tallystick.app.results import CheckLine
from tallystick.store import checkpoint_store

_PRIVATE = (".tallystick", ".tallystick/key")
_SHARED = (".", "tallystick.toml", "rules")


def loose(home: Path) -> list[tuple[Path, int]]:
    """Files and folders with permissions that they should not have, and the mode they should.

    The folder of the key is its owner's alone; configuration and rules are not for everybody to
    write, and the store, which says who worked for whom, not to read either.
    """
    found = []
    for name in _PRIVATE:
        path = home / name
        if path.exists() and (mode := _mode(path)) & 0o077:
            found.append((path, mode & ~0o077))
    shared = [home / n for n in _SHARED]
    shared += (home / "rules").glob("*.yaml")
    closed = [(path, 0o002) for path in shared] + [(path, 0o007) for path in _stores(home)]
    present = [(path, _mode(path), shut) for path, shut in closed if path.exists()]
    return found + [(path, mode & ~shut) for path, mode, shut in present if mode & shut]


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _stores(home: Path) -> Iterator[Path]:
    file = _store_file(load_config(home).store_url)
    if file is not None:
        yield from file.parent.glob(f"{file.name}*")


def _store_file(url: str) -> Path | None:
    prefix = "sqlite:///"
    return Path(url.removeprefix(prefix)) if url.startswith(prefix) else None


def repair(home: Path) -> tuple[CheckLine, ...]:
    """Do what is safe and say what was done. Raises `ConfigError` outside a project folder."""
    config = load_config(home)
    done = [*_folders(home), *_permissions(home), *_locks(config.store_url, home)]
    file = _store_file(config.store_url)
    if file is not None and file.is_file() and file.stat().st_size:
        size = checkpoint_store(config.store_url)
        if size:
            done.append(f"wrote the write-ahead log ({size:,} bytes) into {file.name}")
    return tuple(CheckLine("fixed", "repair", text) for text in done)


def _folders(home: Path) -> Iterator[str]:
    for name, mode in (("rules", 0o777), (".tallystick", 0o700)):
        path = home / name
        if not path.exists():
            path.mkdir(mode=mode)
            yield f"made {name}/"


def _permissions(home: Path) -> Iterator[str]:
    for path, mode in loose(home):
        before = _mode(path)
        path.chmod(mode)
        name = path.relative_to(home) if path.is_relative_to(home) else path
        yield f"permissions of {name}: {before:o} -> {mode:o}"


def _locks(url: str, home: Path) -> Iterator[str]:
    """Lock files whose process has ended; a living one holds its file, so it is left alone."""
    dead = 0
    store = _store_file(url)
    places = {home.resolve(), store.parent.resolve() if store else home.resolve()}
    found = [p for place in places for p in (place / ".tallystick/executors").glob("x-*.lock")]
    for path in sorted(found):
        try:
            file = path.open("r+")
        except OSError:
            continue
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            path.unlink(missing_ok=True)
            dead += 1
    if dead:
        yield f"removed {dead} lock file{'s' if dead > 1 else ''} of processes that have ended"
