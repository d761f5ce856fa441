"""Both simulators on sockets in a process of their own, until standard input ends.

`python -m bench.serve LOGS` prints one line of JSON: what each simulator announces.
"""

import sys
from contextlib import ExitStack

import orjson
from tallystick import host as hosting
from tallystick.app.demo_stage import SIDES
from tallystick.simulator.server import SimulatorServer


def main(size: str) -> None:
    """Serve a world of that many time logs."""
    host = hosting.load()
    with ExitStack() as stack:
        announced = {}
        for name in SIDES.values():
            made = host.simulator(name, seed=1, size=size)
            server = stack.enter_context(SimulatorServer(made.simulator))
            announced[name] = made.describe(server.base_url)
        sys.stdout.write(orjson.dumps(announced).decode() + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1])
