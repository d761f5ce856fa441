"""Reading: a connector's pages into records, resumed from the saved cursor."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tallystick.errors import RemoteError
from tallystick.model.connector import Connector, ReadSpec
from tallystick.model.failpoints import reach
from tallystick.model.ports import Clock
from tallystick.model.record import Cursor, Malformed
from tallystick.store import Brake, CursorState, Store

PAGES_MAX = 100_000
"""More pages than this of one list is a service that never ends."""


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What reading one type came to."""

    rows: int = 0
    changed: int = 0
    pages: int = 0
    malformed: tuple[Malformed, ...] = ()
    deleted: int = 0
    doubted: int = 0
    """Rows missing from two complete lists that are too many to be believed deleted (R-060)."""
    finished: bool = True
    """False when `pages_max` ended it; calling again with the same run goes on."""


@dataclass(frozen=True, slots=True)
class Job:
    """One record type of one connection to be read in one run."""

    store: Store
    connector: Connector
    connection_id: str
    run_id: int
    clock: Clock
    full: bool = True
    brake: Callable[[], Brake] | None = None
    """How many deletions are believed without a person (P-33); asked for only where some are
    found. None believes all.
    """


def read_type(
    job: Job,
    spec: ReadSpec,
    *,
    pages_max: int = PAGES_MAX,
    progress: Callable[[int], None] | None = None,
) -> ReadResult:
    """Read one type, page by page, to its end or for `pages_max` pages.

    Each page commits with the cursor behind it.

    A run that was interrupted goes on at the first page that is not stored. Raises the
    connector's `RemoteError` when a page cannot be read; what was read stays.
    """
    return _Reader(job, spec, pages_max, progress).run()


class _Reader:
    def __init__(
        self,
        job: Job,
        spec: ReadSpec,
        pages_max: int,
        progress: Callable[[int], None] | None,
    ) -> None:
        self._job = job
        self._spec = spec
        self._left = pages_max
        self._progress = progress
        self._malformed: list[Malformed] = []
        self._changed = 0
        self._doubted = 0

    def run(self) -> ReadResult:
        state = self._start()
        if state.finished_at is not None:
            return ReadResult(rows=state.rows, pages=state.pages)
        for parent in self._parents(state):
            state, ended = self._list(state, parent)
            if not ended:
                return self._result(state, finished=False)
        return self._finish(state)

    def _start(self) -> CursorState:
        """The saved cursor of this run, or a new one at the beginning."""
        job = self._job
        saved = job.store.cursors.get(job.connection_id, self._spec.type)
        if saved is not None and saved.run_id == job.run_id:
            return saved
        job.store.records.forget_seen(job.connection_id, self._spec.type)
        return CursorState(
            connection_id=job.connection_id,
            type=self._spec.type,
            run_id=job.run_id,
            position="",
            parent=None,
            pages=0,
            rows=0,
            started_at=job.clock.now(),
            finished_at=None,
            watermark=saved.watermark if saved else None,
        )

    def _parents(self, state: CursorState) -> Sequence[str | None]:
        if self._spec.per is None:
            return [None]
        ids = self._job.store.records.ids(self._job.connection_id, self._spec.per)
        return [i for i in ids if state.parent is None or i >= state.parent]

    def _list(self, state: CursorState, parent: str | None) -> tuple[CursorState, bool]:
        """Read one list; False when the pages allowed now were used up before its end."""
        position = state.position if state.parent == parent else ""
        cursor: Cursor | None = Cursor(position or "", parent, self._since(state))
        before: list[str] | None = None
        while cursor is not None:
            if self._left <= 0:
                return state, False
            self._left -= 1
            page = self._job.connector.read(self._spec.type, cursor)
            reach("read.page-fetched")
            ids = [str(row["external_id"]) for row in page.rows]
            if ids and ids == before:
                msg = f"{self._spec.type}: the same page came twice; stopped reading it."
                raise RemoteError(msg, code="DATA-01")
            before = ids
            following = page.next
            state = CursorState(
                connection_id=state.connection_id,
                type=state.type,
                run_id=state.run_id,
                position=following.position if following else "",
                parent=parent if following else _after(parent),
                pages=state.pages + 1,
                rows=state.rows + len(page.rows),
                started_at=state.started_at,
                finished_at=None,
                watermark=state.watermark,
            )
            saved = self._job.store.records.save_page(
                self._job.connection_id,
                self._spec.type,
                page,
                run_id=self._job.run_id,
                now=self._job.clock.now(),
                cursor=state,
            )
            reach("read.page-saved")
            self._changed += saved.new + saved.changed
            self._malformed += [*page.malformed, *saved.malformed]
            if self._progress is not None:
                self._progress(state.rows)
            cursor = following
        return state, True

    def _since(self, state: CursorState) -> datetime | None:
        return None if self._job.full or not self._spec.since else state.watermark

    def _finish(self, state: CursorState) -> ReadResult:
        """Move the watermark only now, at the end (R-040); then see what has gone."""
        now = self._job.clock.now()
        deleted = 0
        complete = self._since(state) is None
        if complete:
            absent = self._job.store.records.mark_absent(
                self._job.connection_id,
                self._spec.type,
                self._job.run_id,
                now,
                seen=[m.external_id for m in self._malformed],
                brake=self._job.brake,
            )
            deleted = absent.deleted
            self._doubted = absent.doubted
        self._job.store.cursors.put(
            CursorState(
                connection_id=state.connection_id,
                type=state.type,
                run_id=state.run_id,
                position="",
                parent=None,
                pages=state.pages,
                rows=state.rows,
                started_at=state.started_at,
                finished_at=now,
                watermark=state.started_at,
            )
        )
        # only now: a process that died before would not know what the list held
        self._job.store.records.forget_seen(self._job.connection_id, self._spec.type)
        return self._result(state, deleted=deleted)

    def _result(self, state: CursorState, *, deleted: int = 0, finished: bool = True) -> ReadResult:
        return ReadResult(
            state.rows,
            self._changed,
            state.pages,
            tuple(self._malformed),
            deleted,
            self._doubted,
            finished,
        )


def _after(parent: str | None) -> str | None:
    """A parent that sorts just behind this one: its list is finished."""
    return None if parent is None else parent + "!"
