"""Waiting until one of some files changes, without keeping the processor busy."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

EVERY_SECONDS = 0.5
Stamps = dict[Path, tuple[int, int]]


def changes(
    files: Callable[[], Iterable[Path]], wait: Callable[[float], None]
) -> Iterator[tuple[Path, ...]]:
    """The files that changed, came or went since the call, each time they have come to rest."""
    return _changes(_stamps(files()), files, wait)


def _changes(
    known: Stamps, files: Callable[[], Iterable[Path]], wait: Callable[[float], None]
) -> Iterator[tuple[Path, ...]]:
    while True:
        wait(EVERY_SECONDS)
        found = _stamps(files())
        if found == known:
            continue
        # an editor that writes in two steps is waited for
        wait(EVERY_SECONDS)
        settled = _stamps(files())
        while settled != found:
            found = settled
            wait(EVERY_SECONDS)
            settled = _stamps(files())
        changed = {f for f in known.keys() | found.keys() if known.get(f) != found.get(f)}
        known = found
        if changed:
            yield tuple(sorted(changed))


def _stamps(files: Iterable[Path]) -> Stamps:
    found: Stamps = {}
    for file in files:
        try:
            status = file.stat()
        except OSError:
            continue
        found[file] = (status.st_mtime_ns, status.st_size)
    return found
