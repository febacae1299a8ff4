"""What the lab runs: which programs, with which arguments, and whether they can be started."""

import shutil
import socket
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from asbuilt.errors import UnusableInput
from lab.configuration import SOURCE
from lab.places import Lab
from lab.stage import Program

SERVICE = Path("services/schedules")
SCRIPT = SOURCE / "k6/available_schedules.js"
NAMES = {
    "prometheus": ("prometheus",),
    "alertmanager": ("alertmanager", "prometheus-alertmanager"),  # Debian's name is the longer one
    "k6": ("k6",),
}
"""Names under which each program may be installed."""
_HINTS = {
    "prometheus": "Debian's package prometheus has it",
    "alertmanager": "Debian's package prometheus-alertmanager has it",
    "k6": "make setup installs it",
}


def find(program: str) -> str:
    """Where a program is: beside Python, or on the PATH. Raises UnusableInput."""
    beside = str(Path(sys.executable).parent)
    for name in NAMES[program]:
        if path := shutil.which(name, path=beside) or shutil.which(name):
            return path
    raise UnusableInput(f"{program} is missing: the lab runs it", _HINTS[program])


def need_ports(lab: Lab, programs: Iterable[str]) -> None:
    """Raises UnusableInput where something else listens at the port of one of these programs."""
    for program in programs:
        port = lab.port(program)
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                other = lab.first_port + 100
                hint = (
                    f"end what listens there, or take other ports: make down, then LAB_PORT={other} make up"
                )
                raise UnusableInput(f"port {port} is taken, and {program} needs it", hint) from None


def monitoring(lab: Lab) -> list[Program]:
    """Prometheus, Alertmanager and the receiver."""
    folder = lab.folder.resolve()
    prometheus = [
        find("prometheus"),
        f"--config.file={folder}/prometheus.yaml",
        f"--storage.tsdb.path={folder}/prometheus",
        f"--web.listen-address=127.0.0.1:{lab.port('prometheus')}",
        "--rules.alert.resend-delay=1s",
        "--rules.alert.for-grace-period=1s",
        "--log.level=warn",
    ]
    alertmanager = [
        find("alertmanager"),
        f"--config.file={folder}/alertmanager.yaml",
        f"--storage.path={folder}/alertmanager",
        f"--web.listen-address=127.0.0.1:{lab.port('alertmanager')}",
        "--cluster.listen-address=",  # alone
        "--log.level=warn",
    ]
    return [
        Program("prometheus", prometheus),
        Program("alertmanager", alertmanager),
        Program("receiver", [sys.executable, "-m", "lab.receiver", str(lab.port("receiver"))]),
    ]


def schedules(lab: Lab) -> list[Program]:
    """Both versions of the API, which look for faults in one file."""
    variables = {
        "PYTHONPATH": str(SERVICE.resolve()),
        "SCHEDULES_FLAGS": str(lab.flags.resolve()),
        "SCHEDULES_ENVIRONMENT": "lab",
    }
    command = [sys.executable, "-m", "schedules_api", "--version"]
    return [
        Program(version, [*command, version, "--port", str(lab.port(version))], variables)
        for version in ("v1", "v2")
    ]


def load(lab: Lab, rate: int, duration: int, *more: str) -> list[str]:
    """k6 with the repository's script, at `rate` requests a second for `duration` seconds."""
    variables: Mapping[str, object] = {
        "V1": lab.url("v1"),
        "V2": lab.url("v2"),
        "RATE": rate,
        "DURATION": f"{duration}s",
    }
    told = [word for name, value in variables.items() for word in ("--env", f"{name}={value}")]
    return [find("k6"), "run", "--quiet", "--no-usage-report", *told, *more, str(SCRIPT)]
