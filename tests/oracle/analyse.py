"""What the network configuration analyser says of manifests: `python analyse.py [--time] FILE...`.

Runs in its own environment. Prints one JSON document a file: the seconds it took once the file was read, and,
unless only those are asked for, every connection between two pods: source, target, protocol, first and last
port. Pods are named `namespace/name`, by what makes them.
"""

import contextlib
import io
import json
import sys
import time

from nca.CoreDS.Peer import BasePeerSet, Pod
from nca.NetworkConfig.ResourcesHandler import ResourcesHandler

PROTOCOLS = {"tcp": 6, "udp": 17}


def main() -> None:
    """Analyse each file that is named."""
    is_timed = sys.argv[1] == "--time"
    for path in sys.argv[1 + is_timed :]:
        BasePeerSet.reset()  # the pods of the file before are still in it
        silence = io.StringIO()
        with contextlib.redirect_stdout(silence), contextlib.redirect_stderr(silence):
            config = ResourcesHandler().get_network_config(None, None, None, [path])
            start = time.perf_counter()
            allowed = config.allowed_connections().all_allowed_conns
            seconds = time.perf_counter() - start
        found = [] if is_timed else list(connections(allowed))
        print(json.dumps({"seconds": seconds, "connections": found}))


def connections(allowed):
    """Every connection between pods, cube by cube; cubes do not overlap."""
    for key in allowed:
        cube = allowed.get_connectivity_cube(key)
        ports = [(one.start, one.end) for one in cube["dst_ports"].port_set]
        for source in pods(cube["src_peers"]):
            for target in pods(cube["dst_peers"]):
                for protocol, number in PROTOCOLS.items():
                    if number in cube["protocols"]:
                        yield from ([source, target, protocol, *span] for span in ports)


def pods(peers):
    """The pods among peers, the others of which are addresses."""
    return [f"{one.namespace.name}/{one.owner_name or one.name}" for one in peers if isinstance(one, Pod)]


if __name__ == "__main__":
    main()
