"""Every test here may take `place`, a project folder of its own."""

from app.synced import migrated_file, place

__all__ = ["migrated_file", "place"]
