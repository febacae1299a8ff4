"""What is dear to make and several tests look at: the built site, and biotech-x applied to an emulator."""

import fcntl
import functools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from asbuilt.errors import UnusableInput
from asbuilt.terraform_command import TerraformFailed, Workspace, find_terraform
from drills import analysis
from drills.apply import emulated
from drills.emulator import Emulator, Session, running_emulator
from drills.executed import Arrow, Place, execute, permission_arrows
from drills.executed.samples import SAMPLES
from drills.provisioning import (
    ENVIRONMENTS,
    PAGES,
    Account,
    Outcome,
    accounts,
    find_programs,
    follow,
    problems,
    steps,
)

ROOT = Path(__file__).parents[1]
BIOTECH_X = ROOT / "terraform/biotech-x"
EVIDENCE = ROOT / "evidence/biotech-x"
_REPLACING = 'resource "aws_s3_bucket" "results" {\n  bucket = "elsewhere"\n}\n'
_COLLECTED = pytest.StashKey[int]()
_WAITING = {"drill": {"drill", "applied_state"}, "plan": {"terraform_plan"}}
"""Groups of tests that wait for the same Terraform, by fixtures that stand for it; the first fits."""
_PREFIX = "as-built"  # like a project's GitHub Pages, the site does not stand at its host's root


@dataclass(frozen=True)
class Site:
    """The folder the site was built into, and the address it is served at."""

    folder: Path
    url: str


class _Handler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def site(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site, built strictly. The address is known first: pages carry it."""
    root = tmp_path_factory.mktemp("site")
    handler = functools.partial(_Handler, directory=str(root))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        url = f"http://127.0.0.1:{server.server_port}/{_PREFIX}/"
        build(pytestconfig.rootpath, root / _PREFIX, url)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield Site(root / _PREFIX, url)
        finally:
            server.shutdown()
            thread.join(timeout=10)


def build(project: Path, folder: Path, url: str) -> None:
    """Build the site of `project` into `folder`, strictly."""
    address = {"SITE_URL": url, "REPO_URL": "https://example.org/as-built", "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    done = subprocess.run(
        command, cwd=project, env=os.environ | address, capture_output=True, text=True, timeout=120
    )
    assert (0, "") == (done.returncode, done.stderr), "the site does not build: make build"


@pytest.hookimpl(tryfirst=True)  # the groups are read by a plugin's hook of the same name
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Start with what takes longest, and let one process wait for it while the others run the rest.

    A group is run by one process: what its tests share is made once.
    """
    config.stash[_COLLECTED] = len(items)
    for item in items:
        used = set(getattr(item, "fixturenames", ()))
        if group := next((name for name, fixtures in _WAITING.items() if fixtures & used), ""):
            item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


@pytest.fixture(scope="session")
def collected(pytestconfig: pytest.Config) -> int:
    """How many tests were found where this run looks for them, chosen or not."""
    return pytestconfig.stash[_COLLECTED]


@pytest.fixture(scope="session")
def terraform() -> None:
    """Terraform is there. Without it the tests are skipped, and in CI they fail."""
    _installed(find_terraform)


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """An emulator with nothing in it but what this process's tests make."""
    with running_emulator() as running:
        yield running


@pytest.fixture(scope="session")
def terraform_plan(terraform: None, shared: Path) -> Callable[[str], dict[str, Any]]:
    """`terraform show -json` of biotech-x's plan, by environment: `staging` or `production`."""

    def plan(environment: str) -> dict[str, Any]:
        with emulated(BIOTECH_X, environment) as (_, copy):
            copy.plan()
            return copy.show_plan()

    return functools.cache(lambda name: _once(shared / f"{name}-plan.json", lambda: plan(name)))


@pytest.fixture(scope="session")
def applied_state(drill: Callable[[str], dict[str, Any]]) -> Callable[[str], dict[str, Any]]:
    """`terraform show -json` of biotech-x's state after it is applied to an emulator, by environment."""
    return lambda environment: drill(environment)["state"]


@pytest.fixture(scope="session")
def drill(shared: Path) -> Callable[[str], dict[str, Any]]:
    """All that happens to biotech-x in an emulated account, by environment; see `_drilled`."""
    _installed(find_programs)
    drills = functools.cache(lambda: _once(shared / "drills.json", _drills))
    return lambda environment: drills()[environment]


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run that all its processes share."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


def _installed(find: Callable[[], object]) -> None:
    try:
        find()
    except UnusableInput as error:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(error.message)


def _drills() -> dict[str, Any]:
    """Both environments side by side: neither account knows of the other."""
    with accounts(ROOT, analysis.JOB) as made, ThreadPoolExecutor() as pool:
        started = {name: pool.submit(_drilled, account) for name, account in made.items()}
        return {name: drilled.result() for name, drilled in started.items()}


def _drilled(account: Account) -> dict[str, Any]:
    """What happens in an account: provisioned as the pages say, used, changed, and taken down or not."""
    walked = _followed(account, PAGES[0])
    if walked[-1].failure:
        raise UnusableInput(next(problems(walked)))
    copy = account.workspace(ROOT)
    state = copy.show()
    analyses = {
        sample.name: asdict(analysis.analyse(account.emulator, state, sample.files)) for sample in SAMPLES
    }
    tried = [asdict(tried) for tried in execute(_drawn(), _place(account.emulator, state))]
    walked += _followed(account, PAGES[1])
    return {
        "state": state,
        "analyses": analyses,
        "tried": tried,
        "followed": [outcome.step.place for outcome in walked],
        "problems": list(problems(walked)),
        "replacing": _replaced(copy) if copy.var_file == "production.tfvars" else [],
        "destroying": _refusals(copy.destroy),
        "left": copy.addresses(),
    }


def _followed(account: Account, page: str) -> list[Outcome]:
    found = steps(page, (ROOT / page).read_text(encoding="utf-8"), ENVIRONMENTS)
    return follow(found, account.environment, account.shell)


def _drawn() -> list[Arrow]:
    """The permission arrows whose proof is recorded."""
    bodies = {path.stem: json.loads(path.read_bytes()) for path in sorted(EVIDENCE.glob("*.json"))}
    return permission_arrows({name: body for name, body in bodies.items() if "arrows" in body})


def _place(emulator: Emulator, state: dict[str, Any]) -> Place:
    region = state["values"]["outputs"]["state_machine_arn"]["value"].split(":")[3]
    return Place.of(state, Session(emulator, region))


def _replaced(copy: Workspace) -> list[dict[str, Any]]:
    override = copy.copy / "replacing_override.tf"
    override.write_text(_REPLACING, encoding="utf-8")
    try:
        return _refusals(lambda: copy.run("plan", "-refresh=false", f"-var-file={copy.var_file}"))
    finally:
        override.unlink()


def _refusals(attempt: Callable[[], object]) -> list[dict[str, Any]]:
    """Terraform's errors in the attempt; none where it succeeds."""
    try:
        attempt()
    except TerraformFailed as refused:
        return [asdict(error) for error in refused.diagnostics]
    return []


def _once(path: Path, make: Callable[[], Any]) -> Any:
    """What `make` makes, made by the first process that asks and read by the others."""
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            path.write_text(json.dumps(_outcome(make)), encoding="utf-8")
    outcome = json.loads(path.read_bytes())
    if outcome["error"]:
        pytest.fail(outcome["error"])
    return outcome["made"]


def _outcome(make: Callable[[], Any]) -> dict[str, Any]:
    try:
        return {"made": make(), "error": ""}
    except UnusableInput as error:
        return {"made": None, "error": str(error)}
