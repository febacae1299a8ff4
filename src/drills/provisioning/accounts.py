"""Two accounts, one an environment, each an emulator with a clone of the repository and a shell beside it.

All that leads commands to the emulators comes from here, so that nothing on a page knows of them: profiles
in an AWS configuration file, a mirror of Terraform's providers, and an override beside the Terraform.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from asbuilt.errors import UnusableInput
from asbuilt.terraform_command import Workspace, find_terraform
from asbuilt.terraform_mirror import cli_configuration
from drills.emulator import Emulator, override_file, running_emulator
from drills.provisioning.shell import TIME_LIMIT, Shell, open_shell

ENVIRONMENTS = ("staging", "production")
REGION = "sa-east-1"
TERRAFORM = Path("terraform/biotech-x")
_CLONED = ("terraform", "kubernetes")
_LEFT_OUT = shutil.ignore_patterns(".terraform", "*.tfstate", "*.tfstate.*")
_KEPT = ("LANG", "LC_ALL", "TMPDIR", "TERM", "GOGC")
_AT_ONCE = "-parallelism=60"  # nearly all of an apply is the provider's waiting
_PROFILE = """\
[profile biotech-x-{environment}]
region = {region}
endpoint_url = {url}
aws_access_key_id = test
aws_secret_access_key = test
"""


@dataclass(frozen=True, slots=True)
class Account:
    """An environment's account: its emulator, and a shell at the root of a clone of the repository."""

    environment: str
    emulator: Emulator
    clone: Path
    shell: Shell
    variables: Mapping[str, str]

    def workspace(self, root: Path) -> Workspace:
        """The clone's Terraform, for what the pages do not do; `root` is the repository."""
        variables = {**self.variables, "AWS_PROFILE": f"biotech-x-{self.environment}"}
        values = f"{self.environment}.tfvars"
        copy = self.clone / TERRAFORM
        return Workspace(find_terraform(), root / TERRAFORM, copy, variables, values, lambda _: None)


@contextmanager
def accounts(root: Path, job: Sequence[str] = (), limit: float = TIME_LIMIT) -> Iterator[dict[str, Account]]:
    """Empty accounts by environment; `job` is the program that Batch's jobs run. All is gone on leaving.

    Raises UnusableInput where a program that the pages use is missing, or the emulator does not start.
    """
    find_programs()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="provisioning-")))
        emulators = {name: stack.enter_context(running_emulator(job)) for name in ENVIRONMENTS}
        variables = _variables(folder, {name: emulator.url for name, emulator in emulators.items()})
        made = {}
        for name, emulator in emulators.items():
            clone = _cloned(root, folder / name)
            own = variables | {"HOME": _made(folder / f"{name}-home").as_posix()}
            shell = stack.enter_context(open_shell(clone, own, limit))
            made[name] = Account(name, emulator, clone, shell, own)
        yield made


def find_programs() -> None:
    """Raise UnusableInput for the first program that the pages use and that is not installed."""
    find_terraform()
    for program in ("bash", "jq", "kubectl"):
        if not shutil.which(program):
            raise UnusableInput(f"{program} is not installed", "install it with your package manager")


def _variables(folder: Path, urls: Mapping[str, str]) -> dict[str, str]:
    """What the shells start with: nobody's credentials, and the profiles that the pages ask for."""
    profiles = (
        _PROFILE.format(environment=name, region=REGION, url=url) for name, url in sorted(urls.items())
    )
    (folder / "config").write_text("\n".join(profiles), encoding="utf-8")
    mirror = cli_configuration(folder)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {
        **{name: os.environ[name] for name in _KEPT if name in os.environ},
        "PATH": path,
        "NO_PROXY": "127.0.0.1",
        "AWS_CONFIG_FILE": (folder / "config").as_posix(),
        "AWS_SHARED_CREDENTIALS_FILE": (folder / "none").as_posix(),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
        "CHECKPOINT_DISABLE": "1",
        "TF_CLI_ARGS_init": "-backend-config=use_path_style=true",  # no bucket has a host name on loopback
        **dict.fromkeys(("TF_CLI_ARGS_plan", "TF_CLI_ARGS_apply", "TF_CLI_ARGS_destroy"), _AT_ONCE),
        **({"TF_CLI_CONFIG_FILE": mirror.as_posix()} if mirror else {}),
    }


def _cloned(root: Path, clone: Path) -> Path:
    for name in _CLONED:
        shutil.copytree(root / name, clone / name, ignore=_LEFT_OUT)
    for name, text in override_file().items():
        (clone / TERRAFORM / name).write_text(text, encoding="utf-8")
    return clone


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
