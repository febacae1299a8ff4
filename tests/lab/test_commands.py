"""The commands, with real programs: what they say, what they refuse, and that nothing is left running."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from lab import web
from lab.places import OFFSETS, Lab
from lab.state import STAGES, stage

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.usefixtures("installed")


def running(lab: Lab) -> list[str]:
    """The stages that run."""
    return [name for name in STAGES if stage(lab, name).alive()]


def refused(done, message: str, hint: str) -> None:
    """The command said what is wrong and what to do about it, and nothing else."""
    assert (2, "") == (done.returncode, done.stdout)
    assert re.fullmatch(f"error: {message}\nhint: {hint}\n", done.stderr), done.stderr


def test_up_shows_where_to_look_and_is_used_again(lab: Lab, run):
    """No progress in a pipe; every address answers; a second `up` changes nothing; `down` ends it."""
    first = run("up")
    assert (0, "") == (first.returncode, first.stderr)
    addresses = re.findall(r"http://\S+", first.stdout)
    assert [True] * 3 == [web.answers(url) for url in addresses]
    assert first.stdout.endswith("Next: make deploy\n")
    pids = stage(lab, "monitoring").pids()
    assert "used again" in run("up").stdout
    assert pids == stage(lab, "monitoring").pids()
    assert "Ended: monitoring. Nothing is left running.\n" == run("down").stdout
    assert ([], [False] * 3) == (running(lab), [web.answers(url) for url in addresses])
    assert "Nothing runs.\n" == run("down").stdout


def printed(command: str) -> str:
    """What the page says that a command prints."""
    console = (
        (ROOT / "docs/schedules/lab.md").read_text(encoding="utf-8").split("```console\n")[1].split("```")[0]
    )
    return console.split(f"$ make {command}\n")[1].split("$ make")[0]


def shown(text: str, lab: Lab) -> str:
    """What a command printed, at the usual ports; Debian's Prometheus has its pages below another path."""
    usual = Lab(lab.folder)
    for program in OFFSETS:
        text = text.replace(lab.url(program), usual.url(program))
    return re.sub(r"/classic(/\w+)(\s+)", lambda found: f"{found[1]}{found[2]}", text)


def test_the_page_shows_what_is_printed(lab: Lab, run):
    """Every address that is printed answers too."""
    said = {name: run(name).stdout for name in ("up", "deploy")}
    addresses = re.findall(r"http://\S+", said["up"] + said["deploy"])
    assert [] == [url for url in addresses if not web.answers(url)]
    for name, text in (said | {"down": run("down").stdout}).items():
        assert printed(name).split() == shown(text, lab).split()


def test_a_killed_process_is_named_and_down_still_ends_the_rest(lab: Lab, run):
    """Each command that needs it says so, instead of waiting for it."""
    run("up")
    assert 0 == run("deploy").returncode
    os.kill(stage(lab, "monitoring").pids()["prometheus"], signal.SIGKILL)
    os.kill(stage(lab, "schedules").pids()["v2"], signal.SIGKILL)
    assert web.until(lambda: bool(stage(lab, "schedules").ended() and stage(lab, "monitoring").ended()), 5)
    watching = r"make down, then make up; what it said: \S+/prometheus\.log"
    watched = r"make deploy starts both anew; what it said: \S+/v2\.log"
    refused(run("up"), "prometheus no longer runs: it was killed by SIGKILL", watching)
    refused(run("calm"), "prometheus no longer runs: it was killed by SIGKILL", watching)
    refused(run("load"), "v2 no longer runs: it was killed by SIGKILL", watched)
    refused(run("fire-alerts"), "v2 no longer runs: it was killed by SIGKILL", watched)
    assert "Ended: schedules, monitoring. Nothing is left running.\n" == run("down").stdout
    assert [] == running(lab)


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux tells a child that its parent died"
)
def test_load_that_is_killed_leaves_no_k6(lab: Lab, run):
    """What a command runs in the foreground ends with it."""
    run("up")
    run("deploy")
    settings = os.environ | {"LAB_FOLDER": str(lab.folder)}
    with subprocess.Popen([sys.executable, "-m", "lab", "load"], env=settings, cwd=ROOT) as loading:
        children = Path(f"/proc/{loading.pid}/task/{loading.pid}/children")
        assert web.until(lambda: bool(children.read_text()), 10)
        k6 = Path("/proc") / children.read_text().strip()
        assert k6.exists()
        loading.kill()
    assert web.until(lambda: not k6.exists() or ") Z " in (k6 / "stat").read_text(), 5)


@pytest.mark.parametrize("program", ["prometheus", "alertmanager", "receiver"])
def test_a_taken_port_is_named(program: str, lab: Lab, run):
    """Nothing is started, and the message has a way out."""
    with socket.create_server(("127.0.0.1", lab.port(program))):
        hint = "end what listens there, or take other ports: make down, then LAB_PORT=\\d+ make up"
        refused(run("up"), f"port {lab.port(program)} is taken, and {program} needs it", hint)
    assert [] == running(lab)


def test_a_port_that_the_api_needs_is_named(lab: Lab, run):
    """What watches stays; `deploy` works once the port is free."""
    run("up")
    with socket.create_server(("127.0.0.1", lab.port("v2"))):
        refused(run("deploy"), f"port {lab.port('v2')} is taken, and v2 needs it", "end what listens there.*")
    assert ["monitoring"] == running(lab)


@pytest.mark.parametrize("program", ["prometheus", "alertmanager"])
def test_a_missing_program_is_named(program: str, lab: Lab, run, tmp_path: Path):
    """With where it may be found; nothing is started."""
    others = tmp_path / "bin"
    others.mkdir()
    for name in {"prometheus", "alertmanager"} - {program}:
        (others / name).write_text("#!/bin/sh\n")
        (others / name).chmod(0o755)
    refused(
        run("up", PATH=str(others)), f"{program} is missing: the lab runs it", "Debian's package .* has it"
    )
    assert [] == running(lab)


@pytest.mark.parametrize(
    ("command", "missing", "remedy"),
    [
        ("deploy", "monitoring", "make up"),
        ("load", "schedules", "make deploy"),
        ("fire-alerts", "schedules", "make deploy"),
        ("calm", "monitoring", "make up"),
    ],
)
def test_a_command_out_of_turn_names_the_one_before(command: str, missing: str, remedy: str, run):
    """Nobody has to know the order by heart."""
    refused(run(command), f"{missing} does not run", remedy)


def test_a_program_that_cannot_start_is_quoted(lab: Lab, run, tmp_path: Path):
    """Its last words are in the message, and nothing is left running."""
    broken = tmp_path / "bin"
    broken.mkdir()
    (broken / "prometheus").write_text("#!/bin/sh\necho no such storage >&2\nexit 1\n")
    (broken / "prometheus").chmod(0o755)
    done = run("up", PATH=f"{broken}:{os.environ['PATH']}")
    refused(done, "prometheus ended with 1: no such storage", r"all it said: \S+/prometheus\.log")
    assert [] == running(lab)
