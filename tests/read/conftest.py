"""Every test here may take `reading`, a list of five."""

from read.lists import migrated_file, reading

__all__ = ["migrated_file", "reading"]
