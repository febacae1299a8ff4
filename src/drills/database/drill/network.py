"""A network of one's own: routes, a firewall and a resolver that nobody else sees."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from asbuilt.errors import UnusableInput
from drills.database.drill.names import ADDRESS

INSIDE = "DRILL_NETWORK"
"""Variable that says that this process stands in a network of its own."""
NEIGHBOUR = "10.99.0.2"
"""An address on a network of ours that no host has."""
_DEVICE = "drill0"
_NEIGHBOURS = Path("/proc/sys/net/ipv4/neigh") / _DEVICE
_PORTS = Path("/proc/sys/net/ipv4/ip_local_port_range")
_QUEUE = 4  # connections that wait to be accepted
_RESOLVER = f"nameserver {ADDRESS}\noptions timeout:1 attempts:1\n"


def inside(arguments: Sequence[str], folder: str) -> subprocess.Popen[str]:
    """Start this drill again in namespaces of its own, with temporary files in `folder`.

    All that it starts there ends with it, and it ends with us.
    """
    command = ["setpriv", "--pdeathsig", "KILL", "unshare", "--net", "--mount", "--pid", "--fork"]
    command += ["--kill-child", sys.executable, "-m", "drills.database.drill", *arguments]
    environment = os.environ | {INSIDE: "1", "TMPDIR": folder}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def prepare(folder: Path) -> None:
    """Set up the network: loopback, one other network, our own resolver, a short queue."""
    command("ip", "link", "set", "lo", "up")
    command("ip", "link", "add", _DEVICE, "type", "veth", "peer", "name", "drill1")
    command("ip", "address", "add", "10.99.0.1/24", "dev", _DEVICE)
    for device in (_DEVICE, "drill1"):
        command("ip", "link", "set", device, "up")
    (_NEIGHBOURS / "retrans_time_ms").write_text("50")
    Path("/proc/sys/net/core/somaxconn").write_text(str(_QUEUE))
    for name, text in {"resolv.conf": _RESOLVER, "nsswitch.conf": "hosts: files dns\n"}.items():
        (folder / name).write_text(text, encoding="utf-8")
        command("mount", "--bind", str(folder / name), str(Path("/etc", name).resolve()))


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """A disk of its own."""
    command("mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "drill", str(folder))
    try:
        yield
    finally:
        command("umount", "--lazy", str(folder))


@contextmanager
def route(kind: str, address: str) -> Iterator[None]:
    """A route of a kind that forbids: prohibit, blackhole or unreachable."""
    command("ip", "route", "add", kind, address)
    try:
        yield
    finally:
        command("ip", "route", "del", kind, address)


@contextmanager
def firewall(rule: str) -> Iterator[None]:
    """One rule of a firewall."""
    command("nft", "add table inet drill; add chain inet drill one { type filter hook input priority 0; }")
    command("nft", f"add rule inet drill one {rule}")
    try:
        yield
    finally:
        command("nft", "delete table inet drill")


@contextmanager
def local_ports(first: int, last: int) -> Iterator[None]:
    """Few ports for connections of our own."""
    before = _PORTS.read_text()
    _PORTS.write_text(f"{first} {last}")
    try:
        yield
    finally:
        _PORTS.write_text(before)


def command(*words: str) -> None:
    """Run a program. Raises UnusableInput with what it says where it fails."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=10)
    except FileNotFoundError as error:
        raise UnusableInput(
            f"{words[0]} is not installed", "as root on a system with apt: make programs"
        ) from error
    if done.returncode:
        raise UnusableInput(f"{' '.join(words)}: {done.stderr.strip()}")
