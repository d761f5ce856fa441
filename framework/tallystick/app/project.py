"""Making a project folder."""

from collections.abc import Sequence
from pathlib import Path

from tallystick.app.config import FILE, render_config
from tallystick.errors import ConfigError

_IGNORED = ".tallystick/\n*.db\n*.db-*\n*.backup\n"
_RULES = """A rule file here wins over the shipped file of the same decision.
Copy one first to a place beside this folder, then move it in, because an unfinished file here
stops every command:

    tallystick rules show cutoff --as yaml > cutoff.yaml && mv cutoff.yaml rules/

Edit it, then run `tallystick rules test`.
"""


def init(
    home: Path, *, connectors: Sequence[str] = ("zoho_projects", "zoho_books")
) -> tuple[Path, ...]:
    """Make `home` a project folder for two connectors, the source first.

    Never overwrites: a folder that has a configuration already is refused (CFG-13).
    """
    if len(connectors) != 2:
        raise ConfigError("Name two connectors: the source, then the target.", code="CFG-06")
    config = home / FILE
    if config.exists():
        raise ConfigError(f"{home} is a project folder already.", code="CFG-13")
    texts = {
        config: render_config(connectors[0], connectors[1]),
        home / "rules" / "README": _RULES,
        home / ".gitignore": _IGNORED,
    }
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"{home} cannot be written: {error.strerror}.",
            code="CFG-10",
            fix="Name a folder that you may write to.",
        ) from None
    return tuple(texts)
