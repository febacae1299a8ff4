"""The command: what it prints, how it ends, and what it leaves as it was."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from asbuilt import files
from asbuilt.cli import main

BODY = """\
a = S3("Uploads", nodeid="aws_s3_bucket.uploads")
b = RDS("Database", nodeid="shop/StatefulSet/database")
c = S3("Results", nodeid="external/results")
a >> Edge(label="copies", by="asserted: a job of theirs") >> b >> Edge(label="x", by="asserted: theirs") >> c
"""
MANIFEST = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: database, namespace: shop}\n"
RENDER = ["render", "--output", "pictures"]
PROVE = ["prove", "--plan", "plan.json", "--kubernetes", "kubernetes", "--record", "evidence"]


@pytest.fixture
def sound(script, plan):
    """A project in which nothing is wrong, and the arguments that prove it."""
    script(BODY, name="shop/view.py")
    files.write(Path("plan.json"), json.dumps(plan({"aws_s3_bucket.uploads": {"id": "uploads"}})))
    files.write(Path("kubernetes/all.yaml"), MANIFEST)
    files.write(Path("terraform/main.tf"), 'resource "aws_s3_bucket" "uploads" {}\n')


@pytest.fixture
def run(capfd):
    """Runs the command and gives its exit code, output and errors."""

    def command(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        return (code, *capfd.readouterr())

    return command


def kept() -> dict[str, bytes]:
    """Every picture and every piece of evidence, by path."""
    folders = (Path("pictures"), Path("evidence"), Path(".cache"))
    return {
        str(path): path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()
    }


def test_render_writes_a_picture_a_script_and_names_it(sound, run):
    """Each script's picture is written where it is named, below the output folder."""
    assert run(*RENDER) == (0, "pictures/shop/view.svg\n", "")
    assert Path("pictures/shop/view.svg").read_text().startswith("<svg ")


def test_render_writes_a_png_on_request(sound, run):
    """With --png a PNG stands beside each SVG."""
    assert run(*RENDER, "--png")[0] == 0
    assert Path("pictures/shop/view.png").read_bytes().startswith(b"\x89PNG\r\n")


def test_a_sound_project_is_proven_recorded_and_checked(sound, run):
    """Where nothing is wrong every command ends with 0, and the evidence fits."""
    code, out, err = run(*PROVE)
    assert (code, out, err) == (0, "1 diagrams: 2 asserted, 2 bound, 1 external; 0 undrawn\n", "")
    assert run("check") == (0, "the evidence fits its inputs, and nothing in it is wrong\n", "")


def test_findings_end_with_one(sound, run, script):
    """Something bound to nothing or not drawn is a finding: it is said, recorded, and ends with 1."""
    script(BODY.replace(', nodeid="aws_s3_bucket.uploads"', ""), name="shop/view.py")
    code, out, err = run(*PROVE)
    assert (code, err, out.count("error: ")) == (1, "", 2)
    code, out, err = run("check")
    assert (code, out) == (1, "")
    assert "error: shop/view: unbound/1 is unbound" in err
    assert "error: undrawn: aws_s3_bucket.uploads is not drawn" in err
    assert err.splitlines()[-1].startswith("hint: ")


def test_an_excuse_in_the_project_is_heeded(sound, run, script):
    """What `[tool.asbuilt.undrawn]` excuses is no finding."""
    script('S3("A", nodeid="external/a")', name="shop/view.py")
    reasons = "'aws_s3_bucket.uploads' = 'why'\n'shop/StatefulSet/database' = 'why'\n"
    files.write(Path("pyproject.toml"), "[tool.asbuilt.undrawn]\n" + reasons)
    assert run(*PROVE)[0] == 0
    assert run("check")[0] == 0
    Path("pyproject.toml").unlink()
    assert run("check")[0] == 1


@pytest.mark.parametrize("format_", ["json", "sarif"])
def test_standard_output_stays_pure_where_a_script_prints(sound, run, script, format_):
    """A script that prints does not spoil a document on standard output."""
    script(BODY + "\nprint('loud')\nimport sys; sys.stderr.write('loud')", name="shop/view.py")
    code, out, err = run(*PROVE, "--format", format_)
    assert (code, err) == (0, "")
    assert json.loads(out)


def test_the_json_has_the_documented_parts(sound, run):
    """The JSON tells diagrams with nodes, boxes and arrows, and what is undrawn."""
    body = json.loads(run(*PROVE, "--format", "json")[1])
    (diagram,) = body["diagrams"]
    assert {"name", "script", "nodes", "boxes", "arrows"} <= diagram.keys()
    assert [(node["id"], node["verdict"]) for node in diagram["nodes"]] == [
        ("aws_s3_bucket.uploads", "bound"),
        ("shop/StatefulSet/database", "bound"),
        ("external/results", "external"),
    ]
    assert (body["undrawn"], diagram["name"], diagram["script"]) == ([], "shop/view", "diagrams/shop/view.py")


# What is wrong, how it is made, the commands that see it, their exit code, and the place they name.
TWO_BOXES = "with Cluster('A'):\n    S3('x')\nwith Cluster('A'):\n    S3('y')"
BROKEN = {
    "a syntax error": (BODY + "\n)", [RENDER, PROVE], 2, "diagrams/shop/view.py:12: "),
    "an exception midway": (BODY + "\nraise KeyError('k')", [RENDER, PROVE], 2, "diagrams/shop/view.py:12: "),
    "an unknown icon": (BODY + "\nCustom('A', 'no.png')", [RENDER, PROVE], 2, "diagrams/shop/view.py:12: "),
    "two boxes of one label": (BODY + TWO_BOXES, [RENDER, PROVE], 2, "diagrams/shop/view.py:13: "),
    "a misspelt address": (BODY.replace("uploads", "uplaods"), [PROVE], 1, "diagrams/shop/view.py:7: "),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_script_is_one_error_and_leaves_the_last_good_output(sound, run, script, broken):
    """Bad input is one `error:` with its place and one `hint:`; pictures and evidence stay as they were."""
    body, commands, expected, place = broken
    assert [run(*command)[0] for command in (RENDER, PROVE)] == [0, 0]
    before = kept()
    assert {Path(name).suffix for name in before} == {".svg", ".json"}
    script(body, name="shop/view.py")
    for command in commands:
        code, out, err = run(*command)
        said = out if expected == 1 else err
        lines = [line for line in said.splitlines() if line.startswith(("error: ", "hint: "))]
        assert (code, [line.partition(" ")[0] for line in lines]) == (expected, ["error:", "hint:"])
        assert lines[0].startswith(f"error: {place}")
        assert expected == 1 or (out, err.splitlines()) == ("", lines)
        assert "Traceback" not in out + err
    assert before == kept()


def test_a_misspelt_address_gets_the_one_that_was_meant(sound, run, script):
    """A name that nothing creates is answered with the nearest that exists."""
    script(BODY.replace("uploads", "uplaods"), name="shop/view.py")
    out = run(*PROVE)[1]
    assert (
        "aws_s3_bucket.uplaods is drawn but nothing creates it\nhint: did you mean aws_s3_bucket.uploads?"
        in out
    )


UNUSABLE = {
    "no diagrams": ([], "diagrams is not a folder"),
    "an unreadable plan": (["--plan", "bad.json"], "bad.json:1: this is not JSON"),
    "a missing plan": (["--plan", "none.json"], "none.json: No such file or directory"),
    "no plan": (["--plan", "other.json"], "other.json: this is neither a plan nor a state of Terraform"),
    "broken manifests": (["--kubernetes", "bad"], "bad/a.yaml:2: "),
    "a missing folder": (["--kubernetes", "none"], "none is not a folder"),
    "no Terraform": (["--terraform", "terraform"], "terraform is not installed"),
    "no configuration": (["--terraform", "none"], "none: no Terraform configuration here"),
    "an unknown format": (["--format", "xml"], "argument --format: invalid choice: 'xml'"),
    "an unknown option": (["--colour"], "unrecognized arguments: --colour"),
    "a plan that is a folder": (["--plan", "bad"], "bad: Is a directory"),
}


@pytest.mark.parametrize(("arguments", "message"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_unusable_input_ends_with_two(sound, run, monkeypatch, arguments, message):
    """What cannot be used at all is one `error:` line and one `hint:` line, and nothing is recorded."""
    assert run(*PROVE)[0] == 0
    before = kept()
    files.write(Path("bad.json"), "{")
    files.write(Path("other.json"), "{}")
    files.write(Path("bad/a.yaml"), "a: [")
    monkeypatch.setenv("PATH", str(Path("bad").absolute()))
    if not arguments:
        Path("diagrams").rename("elsewhere")
    code, out, err = run("prove", "--record", "evidence", *arguments)
    assert (code, out) == (2, "")
    assert [line.partition(" ")[0] for line in err.splitlines()] == ["error:", "hint:"]
    assert err.startswith(f"error: {message}")
    assert before == kept()


@pytest.mark.parametrize("command", [[*RENDER], ["prove"], ["check"]])
def test_an_empty_folder_of_diagrams_is_refused_everywhere(project, run, command):
    """Every command says that there is nothing to draw."""
    Path("diagrams").mkdir()
    code, out, err = run(*command)
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        "error: diagrams holds no diagram script",
        "hint: name the folder of your diagrams with --diagrams DIR",
    ]


def test_one_broken_script_leaves_the_pictures_of_all(sound, run, script):
    """A script that fails takes no other script's picture with it."""
    script(BODY, name="shop/another.py")
    assert run(*RENDER)[0] == 0
    before = kept()
    script("1 / 0", name="shop/another.py")
    assert run(*RENDER)[0] == 2
    assert before == kept()


def test_an_icon_that_is_no_image_is_refused(sound, run, script):
    """A custom icon that cannot be read is an error of its file, not a crash."""
    files.write(Path("diagrams/shop/own.png"), "no image")
    script('Custom("A", "own.png")', name="shop/view.py")
    code, out, err = run(*RENDER)
    assert (code, out, "Traceback" in err) == (2, "", False)
    assert err.startswith("error: diagrams/shop/own.png: this icon is no image\nhint: ")


def test_a_folder_that_may_not_be_written_is_an_error(sound, run):
    """What the system refuses is told with the path."""
    files.write(Path("pictures"), "a file where the folder should be")
    code, _, err = run(*RENDER)
    assert (code, err.count("error: "), err.count("hint: ")) == (2, 1, 1)
    assert "pictures" in err


def test_without_a_command_the_arguments_are_explained(run):
    """A bare call ends with 2 and says where help is."""
    code, _, err = run()
    assert (code, err.splitlines()[-1]) == (2, "hint: see asbuilt --help")


@pytest.mark.parametrize("command", [[], ["render"], ["prove"], ["check"]])
def test_every_command_explains_itself(capsys, command):
    """`--help` lists every option with its meaning."""
    with pytest.raises(SystemExit) as caught:
        main([*command, "--help"])
    assert (caught.value.code, "usage: asbuilt" in capsys.readouterr().out) == (0, True)


def test_the_command_needs_no_graphviz_program(sound, project):
    """Pictures are drawn with an empty PATH: Graphviz comes with the packages."""
    done = subprocess.run(
        [sys.executable, "-m", "asbuilt.cli", *RENDER],
        cwd=project,
        env={**os.environ, "PATH": str(project)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "pictures/shop/view.svg\n", "")


def test_ctrl_c_ends_a_script_that_does_not(sound, run, script):
    """An interrupted command says so in two lines, and what was recorded stays."""
    run(*PROVE)
    before = kept()
    script("raise KeyboardInterrupt", name="shop/view.py")
    code, _, err = run(*PROVE)
    assert (code, err) == (130, "\nerror: interrupted\nhint: run it again: nothing is half written\n")
    assert kept() == before


def test_a_reader_that_leaves_ends_the_command_quietly(sound, project):
    """A closed pipe, as after `| head -1`, is no error of the reader's."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as pipe:
        done = subprocess.run(
            [sys.executable, "-m", "asbuilt.cli", *RENDER],
            cwd=project,
            stdout=pipe,
            stderr=subprocess.PIPE,
            timeout=60,
        )
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, of Linux")
def test_a_full_disk_is_told(sound, project):
    """Output that finds no room ends with 2 and says what would help."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "asbuilt.cli", *RENDER],
            cwd=project,
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
            text=True,
        )
    assert (done.returncode, done.stderr) == (
        2,
        "error: No space left on device\nhint: free some space\n",
    )
