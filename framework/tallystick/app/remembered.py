"""Small JSON files in the project folder, of which nothing depends on their being there."""

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any


def recall(path: Path) -> Any:
    """What was remembered in a file; None where there is none or it cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def remember(path: Path, value: Any) -> None:
    """Replace a file as a whole; without its folder, or where it cannot be written, do nothing."""
    if not path.parent.is_dir():
        return
    with suppress(OSError):
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(value, stream)
        Path(name).replace(path)
