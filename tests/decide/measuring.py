"""How much memory the process has used at most, and how long a long form is."""

import os
import resource
import sys

LONG = os.environ.get("TALLYSTICK_LONG") == "1"


def peak_megabytes() -> float:
    """The most memory this process ever had."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / 2**20 if sys.platform == "darwin" else used / 2**10
