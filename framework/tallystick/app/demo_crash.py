"""A process of the demo that bills a project and dies at a named point of the write protocol."""

import os
import signal
import sys
from pathlib import Path

from tallystick.app import invoicing
from tallystick.app.workspace import open_workspace
from tallystick.model.failpoints import POINTS, arm


def main(home: Path, project: str, point: str) -> None:
    """Bill `project` in the folder `home`; kill this very process at `point`."""

    def die(name: str) -> None:
        if name == point:
            os.kill(os.getpid(), signal.SIGKILL)

    with open_workspace(home) as ws:
        arm(die)
        invoicing.invoice(ws, project=project)


if __name__ == "__main__" and sys.argv[3] in POINTS:
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
