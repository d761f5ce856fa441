"""The whole job on simulators, told in thirty seconds: what `tallystick demo` runs."""

from collections.abc import Callable
from pathlib import Path

from tallystick.app.demo_stage import stage
from tallystick.app.demo_story import Story
from tallystick.app.results import DemoStep, DemoView
from tallystick.app.serving import serve
from tallystick.app.workspace import open_workspace
from tallystick.errors import ConfigError
from tallystick.model.failpoints import POINTS

CRASH_POINT = "W6.answered"


def run(
    *,
    on_step: Callable[[DemoStep], None],
    seed: int = 1,
    size: str = "demo",
    crash: str = CRASH_POINT,
    keep: bool = False,
    home: Path | None = None,
    serve_port: int | None = None,
) -> DemoView:
    """Tell the story step by step; raises `BrokenPromise` (CFG-40) when a promise does not hold.

    Everything is made in a fresh folder and removed at the end, unless `keep` is true or `home`
    names the folder. With `serve_port` the pages are served afterwards, until interrupted, while
    the simulators still run.
    """
    if crash not in POINTS:
        raise ConfigError(
            f"There is no crash point {crash}.", code="CFG-06", fix=f"Points: {', '.join(POINTS)}."
        )
    with stage(seed, size, home, keep=keep or serve_port is not None) as place:
        with open_workspace(place.home) as ws:
            proof = Story(ws, place, crash).tell(on_step)
        if serve_port is not None:
            serve(place.home, host="127.0.0.1", port=serve_port, read_only=False)
        kept = place.home if keep or home is not None or serve_port is not None else None
        return DemoView(proof, kept)
