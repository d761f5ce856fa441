"""A workspace in which faults strike: crashes, odd pages and lost answers."""

import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self, TypeVar

from tallystick.app.config import Config, load_config
from tallystick.app.rule_former import RuleFiles
from tallystick.app.rulebook import Rules
from tallystick.app.workspace import Surroundings, Workspace, key_path
from tallystick.decide import Policies, Rulebook
from tallystick.decide.applies import Places
from tallystick.model.connector import Connector
from tallystick.model.failpoints import POINTS, arm
from tallystick.model.operation import Operation, Receipt
from tallystick.model.record import Cursor, Page
from tallystick.run import Engine
from tallystick.simulator.faults import Fault
from tallystick.store import Store, open_store
from tallystick.testing.simulated import Pair

T = TypeVar("T")
_AGAIN = "again:"
WRITE_FAULTS = {
    "timeout before the remote accepted": "drop_before",
    "timeout after the remote accepted": "drop_after",
    "error after the remote accepted": "error_after",
    "half an answer": "truncated",
}
READ_FAULTS = {"refused for too many requests": "throttle", "stale token": "expire_token"}
PAGE_FAULTS = ("duplicate page", "reordered pages")
CRASHES = tuple(f"crash at {point}" for point in POINTS if point.startswith("W"))
FAULTS: tuple[str, ...] = (*WRITE_FAULTS, *READ_FAULTS, *PAGE_FAULTS, *CRASHES)
"""Every fault by the name that a step gives it."""
_TOKENS_APART = r"^(?!.*token)"


def faults_named(wanted: str | Iterable[str]) -> tuple[str, ...]:
    """The faults of these names; "all" is every one. Raises `ValueError` for a name of none."""
    if wanted == "all":
        return FAULTS
    names = (wanted,) if isinstance(wanted, str) else tuple(wanted)
    unknown = [n for n in names if n not in FAULTS]
    if unknown:
        raise ValueError(f"There is no fault {unknown[0]}: {', '.join(FAULTS)}.")
    return names


class Crash(BaseException):
    """The process dies here."""


class Direct(Engine):
    """The durable engine without its recorded steps: a body starts over after a crash.

    That is the hardest case of what the durable engine does, and it starts in no time.
    """

    def run(self, key: str, body: Callable[[], T]) -> T:
        """Run the body now."""
        del key
        return body()

    def step(self, name: str, action: Callable[[], T]) -> T:
        """Run the step now."""
        del name
        return action()


_books: dict[Any, tuple[Policies, Rulebook, Places]] = {}


class SharedRules(Rules):
    """The rules of a folder, which are loaded once in a process for all folders of the same texts.

    Whether rules are the same is asked by their text, so that an office starts in no time.
    """

    def _made(self, files: RuleFiles) -> tuple[Policies, Rulebook, Places]:
        own = self._home / "tallystick.toml"
        key = (files, own.read_bytes() if own.is_file() else b"")
        if key not in _books:
            _books[key] = super()._made(files)
        return _books[key]

    def _shut(self, book: Rulebook) -> None:
        """Leave it open: another folder may use it."""


class FaultyWorkspace(Workspace):
    """A workspace whose connectors repeat or reorder pages when told to.

    `wrote_in` has the state in which the integration was at each write.
    """

    page_fault: str | None = None
    _direct: Direct | None = None

    def __init__(self, config: Config, store: Store, around: Surroundings) -> None:
        super().__init__(config, store, around)
        self.rules = SharedRules(config.home, self.host)
        self.wrote_in: list[str] = []

    def engine(self) -> Engine:
        """The direct engine of this process."""
        if self._direct is None:
            folder = self.home / ".tallystick"
            self._direct = self._leave.enter_context(Direct(self.config.store_url, folder=folder))
        return self._direct

    def connector(self, connection_id: str) -> Connector:
        """The connector, its pages disturbed while a fault of pages is planned."""
        known = connection_id in self._connectors
        found = super().connector(connection_id)
        if not known:
            read, write = found.read, found.write

            def disturbed(type: str, cursor: Cursor) -> Page:
                return _disturbed(self.page_fault, read, type, cursor)

            def noted(operation: Operation) -> Receipt:
                row = self.store.settings.integration("main")
                self.wrote_in.append("none" if row is None else str(row.state))
                return write(operation)

            found.read = disturbed  # type: ignore[method-assign] # this instance only
            found.write = noted  # type: ignore[method-assign] # likewise
        return found


def _disturbed(
    fault: str | None, read: Callable[[str, Cursor], Page], type: str, cursor: Cursor
) -> Page:
    again = cursor.position.startswith(_AGAIN)
    if again:
        cursor = Cursor(cursor.position.removeprefix(_AGAIN), cursor.parent, cursor.since)
    page = read(type, cursor)
    if again:
        # rows moved by one between two requests: the second page shows all but the first again
        return Page(page.rows[1:], page.next, page.malformed)
    if fault == "reordered pages":
        return Page(page.rows[::-1], page.next, page.malformed)
    if fault == "duplicate page" and len(page.rows) > 1:
        behind = Cursor(_AGAIN + cursor.position, cursor.parent, cursor.since)
        return Page(page.rows, behind, page.malformed)
    return page


def open_faulty(pair: Pair) -> FaultyWorkspace:
    """The folder of a pair, opened as a new process would."""
    config = load_config(pair.home)
    around = pair.around()
    store = open_store(config.store_url, clock=around.clock, key_file=key_path(config))
    return FaultyWorkspace(config, store, around)


class Striking:
    """One planned fault: armed on entry, gone on exit; `crashed` when the process died of it."""

    def __init__(self, ws: FaultyWorkspace, pair: Pair, fault: str | None) -> None:
        self._ws, self._pair, self._fault = ws, pair, fault
        self.crashed = False

    def __enter__(self) -> Self:
        fault = self._fault
        if fault in WRITE_FAULTS:
            kind = WRITE_FAULTS[fault]
            self._add(Fault(kind, method="POST", path_pattern=_TOKENS_APART))
        elif fault in READ_FAULTS:
            self._add(Fault(READ_FAULTS[fault], path_pattern=_TOKENS_APART))
        elif fault in PAGE_FAULTS:
            self._ws.page_fault = fault
        elif fault is not None:
            arm(self._reached)
        return self

    def _add(self, fault: Fault) -> None:
        self._pair.books.faults.add(fault)

    def _reached(self, point: str) -> None:
        if f"crash at {point}" == self._fault and not self.crashed:
            self.crashed = True
            keep_disk(self._pair.home)
            raise Crash(point)

    def __exit__(self, *_error: object) -> None:
        arm(None)
        self._ws.page_fault = None
        self._pair.books.faults.clear()


def keep_disk(home: Path) -> None:
    """Copy the store as it lies on the disk now: what a process that dies here leaves."""
    for file in _store_files(home):
        # the index of the log is memory, which dies with the process
        if file.name.endswith("-shm"):
            continue
        shutil.copy(file, file.with_name(f"{file.name}.kept"))


def take_disk_back(home: Path) -> None:
    """Put the kept store back; whatever was written behind the crash never was."""
    for file in _store_files(home):
        with suppress(FileNotFoundError):
            file.unlink()
    for kept in home.glob("*.kept"):
        kept.replace(kept.with_suffix(""))


def _store_files(home: Path) -> list[Path]:
    return [f for f in home.glob("tallystick.db*") if f.suffix != ".kept"]
