"""An end to what takes too long: one thread that looks only when a time is over."""

import threading
import time
from collections.abc import Callable


class Watch:
    """Calls `cut` when what was begun has not ended after some seconds.

    Beginning and ending cost a lock each. The thread starts with the first and sleeps until the
    time it knew of is over; only then does it learn of what was begun since.
    """

    def __init__(self, seconds: float, cut: Callable[[], None]) -> None:
        self._seconds = seconds
        self._cut = cut
        self._due: float | None = None
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Start the time of something new."""
        with self._lock:
            self._due = time.monotonic() + self._seconds
            # a forked process has the object, but not its thread
            if self._thread is None or not self._thread.is_alive():
                self._stopped.clear()
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()

    def end(self) -> None:
        """It has ended in time, or too late: nothing is watched any more."""
        with self._lock:
            self._due = None

    def stop(self) -> None:
        """End the thread."""
        self._stopped.set()

    def _run(self) -> None:
        while True:
            with self._lock:
                due = self._due
                left = 0.0 if due is None else due - time.monotonic()
                if left <= 0:
                    self._due = self._thread = None
            if due is None:
                return
            if left <= 0:
                self._cut()
                return
            if self._stopped.wait(left):
                with self._lock:
                    if self._due is None:
                        self._thread = None
                        return
                    self._stopped.clear()  # something was begun after the end
