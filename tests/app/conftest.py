"""Every test here may take `place`, a folder of its own, and `asked`, one with questions."""

from app.asking import asked
from app.synced import migrated_file, place

__all__ = ["asked", "migrated_file", "place"]
