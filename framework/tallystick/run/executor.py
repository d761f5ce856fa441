"""Who works: each process has a fresh executor id and a lock that the system frees at its death."""

import contextlib
import fcntl
import uuid
from pathlib import Path
from typing import IO, Protocol


class Presence(Protocol):
    """How a process shows that it lives, to all that share its store."""

    @property
    def executor_id(self) -> str:
        """The fresh id of this process."""
        ...

    def alive(self, executor_id: str) -> bool:
        """True while the process of that executor lives."""
        ...

    def release(self) -> None:
        """Let go; the executor counts as dead from now on."""
        ...


class ExecutorLock:
    """The lock file of this process's executor id, held as long as the process lives.

    It is seen by the processes of one machine that use the same folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "executors"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._id = f"x-{uuid.uuid4().hex}"
        self._file: IO[str] | None = self._path(self._id).open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    @property
    def executor_id(self) -> str:
        """The fresh id of this process."""
        return self._id

    def _path(self, executor_id: str) -> Path:
        return self._folder / f"{executor_id}.lock"

    def alive(self, executor_id: str) -> bool:
        """True while the process of that executor lives; a dead one's file is removed."""
        if executor_id == self.executor_id:
            return self._file is not None
        path = self._path(executor_id)
        try:
            file = path.open("r+")
        except OSError:
            return False
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return True
            path.unlink(missing_ok=True)
        return False

    def others(self) -> list[str]:
        """Executor ids that left a lock file here, this process's own excluded."""
        return [p.stem for p in self._folder.glob("x-*.lock") if p.stem != self.executor_id]

    def release(self) -> None:
        """Let go; the executor counts as dead from now on."""
        if self._file is None:
            return
        with contextlib.suppress(OSError):
            self._path(self.executor_id).unlink()
        self._file.close()
        self._file = None
