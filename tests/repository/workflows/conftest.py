"""Runs workflows on this machine, in a small repository, with programs and actions that only note their call.

act (https://github.com/nektos/act) reads a workflow as GitHub does and runs its steps here, in no container.
No step reaches another machine: each action is replaced by a stub, and so is each program that would.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
SHOWN = (
    "Makefile",
    ".ci",
    ".github",
    ".pre-commit-config.yaml",
    "overrides",
    "package.json",
    "package-lock.json",
)
PROGRAMS = ("aws", "cosign", "curl", "docker", "gh", "k6", "kubectl", "kustomize", "npm", "skopeo", "sudo")
PROGRAMS += ("terraform", "uv")
FILES = yaml.safe_load((Path(__file__).parent / "shop.yaml").read_text(encoding="utf-8"))
STUB = "name: stub\nruns: {using: composite, steps: [{shell: bash, run: 'true'}]}\n"
UPLOAD = """\
name: stub
inputs: {name: {default: github-pages}, path: {required: true}}
outputs: {artifact-url: {value: "https://preview.example"}}
runs:
  using: composite
  steps:
    - shell: bash
      env: {INTO: "artifacts/${{ inputs.name }}", PATHS: "${{ inputs.path }}"}
      run: mkdir -p "$SHARED/$INTO"; for one in $PATHS; do cp -r "$one" "$SHARED/$INTO"; done
"""
DOWNLOAD = """\
name: stub
inputs: {name: {required: true}, path: {default: .}}
runs:
  using: composite
  steps:
    - shell: bash
      env: {FROM: "artifacts/${{ inputs.name }}", INTO: "${{ inputs.path }}"}
      run: cp -r "$SHARED/$FROM/." "$INTO"
"""
STUBS = {"upload-artifact": UPLOAD, "upload-pages-artifact": UPLOAD, "download-artifact": DOWNLOAD}


@dataclass(frozen=True)
class Run:
    """How each job that ran ended, by its name; the calls of programs, in order; and what was printed."""

    jobs: dict[str, str]
    calls: list[str]
    log: str

    def called(self, program: str) -> list[str]:
        """The calls of one program, or of one with these first arguments."""
        return [call for call in self.calls if f"{call} ".startswith(f"{program} ")]


@dataclass(frozen=True)
class Repository:
    """A small repository with these workflows, and the folder that its runs share."""

    folder: Path
    shared: Path

    def write(self, path: str, text: str) -> None:
        """Write a file."""
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text, encoding="utf-8")

    def git(self, *arguments: str) -> str:
        """Run git, whatever its user has configured."""
        who = (
            "-c",
            "user.name=Somebody",
            "-c",
            "user.email=somebody@example.com",
            "-c",
            "commit.gpgsign=false",
        )
        done = subprocess.run(
            ("git", *who, *arguments), cwd=self.folder, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self, subject: str) -> str:
        """Commit everything, and give the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", subject)
        return self.git("rev-parse", "HEAD")

    def prove(self) -> None:
        """Record what the manifests prove, whatever comes out."""
        command = (Path(sys.executable).parent / "asbuilt", "prove", "--kubernetes", "kubernetes/shop")
        subprocess.run((*command, "--record", "evidence"), cwd=self.folder, check=False, capture_output=True)

    def answer(self, answers: dict[str, str]) -> None:
        """What programs do when they are called with arguments of this pattern of bash's: a command line."""
        cases = "".join(f"{pattern}) {command} ;;\n" for pattern, command in answers.items())
        note = 'call="${0##*/} $*"; echo "$call" >> "$SHARED/calls"\n'
        for program in PROGRAMS:
            path = self.shared / "bin" / program
            path.parent.mkdir(exist_ok=True)
            path.write_text(
                f'#!/usr/bin/env bash\n{note}case "$call" in\n{cases}"sudo "*) exec "$@" ;;\nesac\n'
            )
            path.chmod(0o755)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """One proven diagram, one page, one test, one service: all committed, and nothing installed anew."""
    made = Repository(tmp_path / "shop", tmp_path / "shared")
    made.folder.mkdir()
    made.shared.mkdir()
    for name in SHOWN:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, made.folder / name)
    for path, text in FILES.items():
        made.write(path, text)
    made.prove()
    made.git("init", "--quiet", "--initial-branch=main")
    made.git("remote", "add", "origin", "https://github.com/shop/shop.git")  # its owner and name
    made.write(".git/info/exclude", "/.venv/\n/node_modules/\n")
    made.commit("feat: open the shop")
    for folder in (".venv", "node_modules"):
        (made.folder / folder).mkdir()
        for one in (ROOT / folder).iterdir():
            if one.name != ".synced":
                (made.folder / folder / one.name).symlink_to(one)
        made.write(f"{folder}/.synced", "")
    made.answer({})
    return made


@pytest.fixture
def run(repository: Repository) -> Callable[..., Run]:
    """Runs a workflow of the small repository on an event, as far as act can."""

    def act(workflow: str, event: str, payload: dict | None = None, **variables: str) -> Run:
        facts = repository.shared / "event.json"
        facts.write_text(json.dumps(payload or {}), encoding="utf-8")
        command = [
            Path(sys.executable).parent / "act",
            event,
            "--workflows",
            f".github/workflows/{workflow}.yml",
        ]
        options = "--platform ubuntu-24.04=-self-hosted --json --no-cache-server --use-gitignore=false"
        given = [f"--var={name}={value}" for name, value in variables.items()]
        done = subprocess.run(
            [
                *command,
                *options.split(),
                "--secret=GITHUB_TOKEN=none",
                *given,
                *stubs(repository),
                f"--eventpath={facts}",
            ],
            cwd=repository.folder,
            env=environment(repository),
            capture_output=True,
            text=True,
            timeout=100,
        )
        return read(done.stdout, repository)

    return act


def stubs(repository: Repository) -> list[str]:
    """Options that replace each pinned action by its stub."""
    options = [f"--action-cache-path={repository.shared / 'actions'}", f"--env=SHARED={repository.shared}"]
    texts = [path.read_text(encoding="utf-8") for path in (repository.folder / ".github").rglob("*.yml")]
    for owner, name, inner, commit in re.findall(
        r"uses: ([\w-]+)/([\w-]+)(/[\w-]+)?@(\w{40})", "".join(texts)
    ):
        folder = repository.shared / "stubs" / name
        (folder / inner.strip("/")).mkdir(parents=True, exist_ok=True)
        (folder / inner.strip("/") / "action.yml").write_text(STUBS.get(name, STUB), encoding="utf-8")
        options.append(f"--local-repository={owner}/{name}@{commit}={folder}")
    return options


def environment(repository: Repository) -> dict[str, str]:
    """The variables of act and of every step: stubs come first on the path."""
    path = f"{repository.shared / 'bin'}{os.pathsep}{os.environ['PATH']}"
    kept = {name: os.environ[name] for name in ("LANG", "LC_ALL") if name in os.environ}
    home = {"HOME": str(repository.shared), "PRE_COMMIT_HOME": str(repository.shared / "pre-commit")}
    return {**kept, **home, "PATH": path, "SHARED": str(repository.shared)}


def read(printed: str, repository: Repository) -> Run:
    """What act's lines of JSON and the stubs' notes say."""
    lines = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    ended = {
        line["job"].split("/", 1)[1].strip(): line["jobResult"] for line in lines if line.get("jobResult")
    }
    notes = repository.shared / "calls"
    calls = notes.read_text(encoding="utf-8").splitlines() if notes.exists() else []
    return Run(ended, calls, "".join(line.get("msg", "") for line in lines))
