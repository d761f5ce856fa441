"""Where shipped files lie, in a built package and in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def default_rules() -> Path:
    """Folder of the shipped rules: inside a built package, else the checkout's `rules/`."""
    packaged = _PACKAGE / "default_rules"
    return packaged if packaged.is_dir() else _PACKAGE.parents[1] / "rules"
