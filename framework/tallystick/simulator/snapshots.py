"""Snapshots of a simulated service: as bytes, sealed for the wire, and in a file."""

import hashlib
import hmac
import os
import pickle
import secrets
from pathlib import Path
from typing import Any

_DIGEST_BYTES = 32


def packed(value: Any) -> bytes:
    """State as bytes."""
    return pickle.dumps(value, protocol=5)


def unpacked(data: bytes) -> Any:
    """State from bytes of `packed`, which must be our own."""
    return pickle.loads(data)  # noqa: S301 - our own bytes, or sealed by this process


class Sealer:
    """Signs snapshots that leave the process, since bytes of a stranger must not be unpacked."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(_DIGEST_BYTES)

    def seal(self, data: bytes) -> bytes:
        """The snapshot behind its signature."""
        return hmac.digest(self._key, data, hashlib.sha256) + data

    def opened(self, sealed: bytes) -> bytes:
        """The snapshot. Raises ValueError when this process did not seal it."""
        signature, data = sealed[:_DIGEST_BYTES], sealed[_DIGEST_BYTES:]
        if not hmac.compare_digest(signature, hmac.digest(self._key, data, hashlib.sha256)):
            msg = "This is no snapshot of this simulator."
            raise ValueError(msg)
        return data


class StateFile:
    """A snapshot in a file that is replaced whole, so that a crash leaves the old or the new."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> bytes | None:
        """What was saved last, or None."""
        return self._path.read_bytes() if self._path.exists() else None

    def save(self, data: bytes) -> None:
        """Replace the file; on return the bytes are on the disk."""
        fresh = self._path.with_name(self._path.name + ".new")
        with fresh.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        fresh.replace(self._path)
