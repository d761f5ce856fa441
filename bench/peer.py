"""The peer, dlt, in an environment of its own that is made once and kept in a cache folder."""

import subprocess
import tomllib
from typing import Any

from bench.running import ROOT, cache_folder, measured

VERSION = "1.31"


def python() -> str:
    """The interpreter that has the peer; installs it when it is not there yet."""
    folder = cache_folder() / f"dlt-{VERSION}"
    interpreter = folder / "bin" / "python"
    ready = folder / "ready"
    if not ready.exists():
        settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        date = settings["tool"]["uv"]["exclude-newer"]
        wanted = f"dlt[sqlalchemy]=={VERSION}.*"
        subprocess.run(["uv", "venv", "--quiet", "--clear", str(folder)], check=True)
        install = ["uv", "pip", "install", "--quiet", "--python", str(interpreter)]
        subprocess.run([*install, "--exclude-newer", date, wanted], check=True, cwd=folder)
        ready.touch()
    return str(interpreter)


def dlt(announced: str, size: int) -> Any:
    """The peer's figures of reading and loading all time logs into SQLite."""
    script = str(ROOT / "bench" / "peer_dlt.py")
    return measured([python(), script, "FOLDER", str(size)], announced)
