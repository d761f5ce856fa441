"""The peers, in environments of their own that are made once and kept in a cache folder."""

import subprocess
import tomllib
from collections.abc import Sequence
from typing import Any

from bench.running import ROOT, cache_folder, measured

VERSION = "1.31"
ENGINES = {
    "zen_engine": "zen-engine 2.1.3, compiled expressions",
    "rule_engine": "rule-engine 5.1.0",
    "cel_python": "cel-python 0.5.0",
    "clips_engine": "clipspy 1.0.6",
}
"""Other rule engines, and what they are in words."""
_ENGINES = ("zen-engine==2.1.3", "rule-engine==5.1.0", "cel-python==0.5.0", "clipspy==1.0.6")


def python(name: str = f"dlt-{VERSION}", wanted: Sequence[str] = ()) -> str:
    """The interpreter that has a peer; installs it when it is not there yet."""
    folder = cache_folder() / name
    interpreter = folder / "bin" / "python"
    ready = folder / "ready"
    if not ready.exists():
        settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        date = settings["tool"]["uv"]["exclude-newer"]
        named = wanted or [f"dlt[sqlalchemy]=={VERSION}.*"]
        subprocess.run(["uv", "venv", "--quiet", "--clear", str(folder)], check=True)
        install = ["uv", "pip", "install", "--quiet", "--python", str(interpreter)]
        subprocess.run([*install, "--exclude-newer", date, *named], check=True, cwd=folder)
        ready.touch()
    return str(interpreter)


def dlt(announced: str, size: int) -> Any:
    """The peer's figures of reading and loading all time logs into SQLite."""
    script = str(ROOT / "bench" / "peer_dlt.py")
    return measured([python(), script, "FOLDER", str(size)], announced)


def engines(rules: bytes, seconds: float) -> dict[str, float]:
    """Decisions a second of other rule engines, by the names of `ENGINES`."""
    script = str(ROOT / "bench" / "peer_rules.py")
    command = [python("engines", _ENGINES), script, str(seconds)]
    found: dict[str, float] = measured(command, rules.decode())
    return found
