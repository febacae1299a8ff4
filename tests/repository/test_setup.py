"""Set-up and the commands: `Makefile` and `.ci/run`."""

import os
import re
import socket
import subprocess
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE)
PYTHONS = re.search(r"^PYTHONS +:= (.+)$", MAKEFILE, re.MULTILINE)[1].split()
# Stands for a usable Python: makes a pip that notes what it is asked for, and then has "installed" uv.
USABLE_PYTHON = """\
#!/bin/sh
[ "$1" = -c ] && exit
mkdir -p .cache/uv/bin
printf '#!/bin/sh\\necho "$@" > asked\\ntouch .cache/uv/bin/uv\\n' > .cache/uv/bin/pip
chmod +x .cache/uv/bin/pip
"""
OLD_PYTHON = "#!/bin/sh\nexit 1\n"


def run(*command: str, cwd: Path = ROOT, first: Path | None = None, **more) -> subprocess.CompletedProcess:
    """Run `command`, with the programs in `first` found before all others."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    if first:
        environment["PATH"] = f"{first}:/usr/bin:/bin"
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, **more)


def program(path: Path, text: str) -> None:
    """Write a program."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the Makefile and the files that set-up reads, and nothing installed."""
    for name in ("Makefile", "uv.lock", "pyproject.toml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    return tmp_path


def test_make_alone_lists_every_command():
    """`make` changes nothing and says what each command does."""
    listed = run("make").stdout
    assert TARGETS == [line.split()[1] for line in listed.splitlines()]


def test_help_says_what_may_be_typed():
    """Every command a person may type is in the list; the rest is set-up."""
    phony = re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)[1].split()
    assert {"programs"} == set(phony) - set(TARGETS)


@pytest.mark.parametrize("target", TARGETS)
def test_every_command_is_documented(target: str):
    """A reader of README.md and CONTRIBUTING.md meets every command."""
    text = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md"))
    assert re.search(rf"\bmake {target}\b", text), f"describe `make {target}` in CONTRIBUTING.md"


def test_uv_is_fetched_with_the_first_python_that_is_new_enough(project: Path):
    """An old `python3` is passed over, and the pinned version of uv is asked for."""
    for name in PYTHONS:
        program(project / "bin" / name, USABLE_PYTHON if name == "python3.12" else OLD_PYTHON)
    done = run("make", ".cache/uv/bin/uv", cwd=project, first=project / "bin")
    assert (0, "") == (done.returncode, done.stderr)
    version = re.search(r"^UV_VERSION := (\S+)$", MAKEFILE, re.MULTILINE)[1]
    assert f"uv=={version}" == (project / "asked").read_text().split()[-1]


def test_no_usable_python_is_said_clearly(project: Path):
    """Where every Python is too old, one error and one hint say so and nothing is left behind."""
    for name in PYTHONS:
        program(project / "bin" / name, OLD_PYTHON)
    done = run("make", ".cache/uv/bin/uv", cwd=project, first=project / "bin")
    error, hint, _ = done.stderr.splitlines()
    assert error.startswith("error: no Python 3.11 or later found")
    assert hint.startswith("hint: ")
    assert not (project / ".cache").exists()


def test_a_failed_download_is_said_clearly(project: Path):
    """Where pip cannot install uv, its own words come first, then one error and one hint."""
    failing = USABLE_PYTHON.replace(
        'echo "$@" > asked\\ntouch .cache/uv/bin/uv', "echo no network >&2; exit 1"
    )
    for name in PYTHONS:
        program(project / "bin" / name, failing)
    done = run("make", ".cache/uv/bin/uv", cwd=project, first=project / "bin")
    reason, error, hint, _ = done.stderr.splitlines()
    assert ("no network", "error: uv could not be installed with python3") == (reason, error)
    assert hint.startswith("hint: ")


def test_set_up_runs_again_only_when_the_lock_file_changes(project: Path):
    """A second command starts at once; a changed uv.lock is installed."""
    program(project / "bin" / "uv", '#!/bin/sh\nmkdir -p .venv\necho "$@" >> asked\n')
    counts = []
    for age in (0, 0, 60):
        newer = (project / "uv.lock").stat().st_mtime + age
        os.utime(project / "uv.lock", (newer, newer))
        assert 0 == run("make", "setup", cwd=project, first=project / "bin").returncode
        counts.append((project / "asked").read_text().count("sync --locked"))
    assert [1, 1, 2] == counts


def test_the_site_is_served_on_loopback_only():
    """The site is never offered to the network, and the port can be chosen."""
    command = run("make", "--dry-run", "serve", "PORT=8123").stdout.splitlines()[-1]
    assert command.endswith("mkdocs serve --dev-addr 127.0.0.1:8123")


def test_a_taken_port_is_passed_over():
    """Where something already listens, the next free port is taken."""
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if taken.connect_ex(("127.0.0.1", 8000)):  # nobody listens there yet
            taken.close()
            listener = socket.create_server(("127.0.0.1", 8000))
        else:
            listener = taken
        with listener:
            command = run("make", "--dry-run", "serve").stdout.splitlines()[-1]
    assert 8000 < int(command.rpartition(":")[2]) < 8100


def test_ci_runs_every_test_without_asking(tmp_path: Path):
    """`.ci/run` is `make test` with CI=true and nothing on standard input, from whichever folder."""
    program(tmp_path / "bin" / "make", '#!/bin/sh\necho "$@" "$CI" "$(cat)" "$PWD"\n')
    done = run("bash", str(ROOT / ".ci" / "run"), cwd=tmp_path, first=tmp_path / "bin", input="typed")
    assert f"test true  {ROOT}\n" == done.stdout


def shared_files(records: dict[str, str]) -> dict[str, set[str]]:
    """The packages that write a file, by file, where they are more than one; from their `RECORD`s."""
    writers: dict[str, set[str]] = {}
    for package, record in records.items():
        for line in record.splitlines():
            writers.setdefault(line.rsplit(",", 2)[0], set()).add(package)
    return {path: packages for path, packages in writers.items() if len(packages) > 1}


def test_no_two_packages_write_the_same_file():
    """Otherwise what a program does depends on which of them was installed last."""
    assert {} == shared_files({one.name: one.read_text("RECORD") or "" for one in distributions()})


def test_two_packages_that_write_the_same_file_are_found():
    """As checkov's fork of detect-secrets did."""
    records = {"one": "one/METADATA,,\nscan.py,sha256=a,7\n", "fork": "fork/METADATA,,\nscan.py,sha256=b,8\n"}
    assert {"scan.py": {"one", "fork"}} == shared_files(records)
