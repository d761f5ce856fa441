"""Benchmark of starting: `tallystick --help` against importing click."""

import subprocess
import sys
import time
from collections.abc import Iterator

from bench.figures import Figure, middle, spread
from bench.running import ROOT, Options, environment

HEAVY = (
    "alembic",
    "cryptography",
    "dbos",
    "durable",
    "fastapi",
    "hypothesis",
    "pluggy",
    "rapidfuzz",
    "requests",
    "rich",
    "sqlalchemy",
    "sqlmodel",
    "yaml",
)
_HELP = "import sys; sys.argv = ['tallystick', '--help']\n"
_MAIN = "from tallystick.cli import main\ntry:\n    main()\nfinally:\n    "
_LOADED = f"print(*sorted({set(HEAVY)!r} & set(sys.modules)), file=sys.stderr)"


def _seconds(code: str) -> float:
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment(),
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - begun


def heavy_modules() -> str:
    """Heavy modules that are loaded when `--help` has been printed."""
    code = _HELP + _MAIN + _LOADED
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment(),
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stderr.strip()


def help_time(options: Options) -> Iterator[Figure]:
    """Wall time of the help, which is what a person waits for; medians of alternating runs."""
    rounds = 3 * options.runs
    ours, click = [], []
    _seconds(_HELP + _MAIN + "pass")
    for _ in range(rounds):
        ours.append(_seconds(_HELP + _MAIN + "pass") * 1000)
        click.append(_seconds("import click") * 1000)
    ratio = middle(ours) / middle(click)
    loaded = heavy_modules()
    yield Figure(
        "help",
        middle(ours),
        "milliseconds",
        'python -c "import click"',
        ratio,
        "<= 5 x, no heavy module loaded",
        ratio <= 5 and not loaded,
        f"heavy modules: {loaded or 'none'}; {spread(ours)}; click {spread(click)}",
    )
