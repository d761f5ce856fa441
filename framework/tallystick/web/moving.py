"""How far a run is, module by module, as the pages show it."""

from dataclasses import dataclass

from tallystick.app.results import RunView
from tallystick.web.desk import Job

_ENDED = {"done", "failed"}


@dataclass(frozen=True, slots=True)
class Step:
    """One module of a run."""

    module: str
    phase: str
    done: int
    total: int | None
    current: bool

    @property
    def title(self) -> str:
        """The module's name for people."""
        return self.module.replace("_", " ").capitalize()

    @property
    def share(self) -> int | None:
        """Percent done; None while the end is not known."""
        if self.phase == "done":
            return 100
        return min(100, self.done * 100 // self.total) if self.total else None

    @property
    def sentence(self) -> str:
        """The step in words, spoken once per module."""
        return f"{self.title}: {self.phase}."


def steps(job: Job, open_run: RunView | None) -> tuple[Step, ...]:
    """What this server's run told, else what a run of another process stored."""
    if job.working:
        latest = job.latest
        return tuple(
            Step(p.module, p.phase, p.done, p.total, current=p is latest)
            for p in job.progress.values()
        )
    if open_run is None:
        return ()
    modules = open_run.modules
    last = next((m for m in reversed(modules) if m.state not in _ENDED), None)
    return tuple(Step(m.module, m.state, m.read, None, current=m is last) for m in modules)
