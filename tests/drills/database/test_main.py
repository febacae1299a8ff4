"""The command: its words, its exit codes, and what it never says."""

import socket

import pytest

from drills.database.__main__ import main


@pytest.fixture
def closed_port():
    """A port that nobody listens on while the test runs."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        yield one.getsockname()[1]


def test_a_fault_is_told_with_all_that_helps(capsys: pytest.CaptureFixture[str], closed_port: int):
    """What was seen, what it means, what a client cannot tell, what to do, and where to read on."""
    assert 1 == main([f"postgresql://app:hush@127.0.0.1:{closed_port}/orders"])
    said = capsys.readouterr().out
    parts = ["ok     name: 127.0.0.1", "FAULT  connection-refused", "  saw:", "  means:", "  cannot tell:"]
    parts += ["  look at:", "  next 1:", "  runbook:     docs/runbooks/DatabaseUnreachable.md#connection"]
    assert parts == sorted(parts, key=said.index)
    assert "hush" not in said


def test_the_url_may_come_from_the_environment(
    capsys: pytest.CaptureFixture[str], closed_port: int, monkeypatch: pytest.MonkeyPatch
):
    """There nobody else on the host reads it."""
    monkeypatch.setenv("DATABASE_URL", f"postgresql://app:hush@127.0.0.1:{closed_port}/orders")
    assert 1 == main([])
    assert f"asking database orders on 127.0.0.1:{closed_port} as app" in capsys.readouterr().out


def test_unusable_input_is_told_apart_from_a_fault(capsys: pytest.CaptureFixture[str]):
    """Exit code 2, an error and a hint, no traceback and no password."""
    assert 2 == main(["mysql://app:hush@db.test/x"])
    said = capsys.readouterr().err
    assert said.startswith("error: the URL does not start with postgresql://")
    assert "\nhint: " in said
    assert "hush" not in said


@pytest.mark.parametrize(
    "arguments",
    [
        ["postgresql://app:my", "hush@127.0.0.1/x"],
        ["--timeout", "postgresql://app:hush@127.0.0.1/x"],
        ["--url=postgresql://app:hush@127.0.0.1/x"],
    ],
)
def test_a_mistyped_command_does_not_repeat_the_url(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    """A password without quotes falls into pieces, and none of them is shown."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert 2 == caught.value.code
    assert "hush" not in "".join(capsys.readouterr())


def test_an_interruption_is_no_traceback(
    capsys: pytest.CaptureFixture[str], closed_port: int, monkeypatch: pytest.MonkeyPatch
):
    """Whoever does not want to wait gets the shell's usual exit code."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("drills.database.__main__.diagnose", interrupted)
    assert 130 == main([f"postgresql://app:hush@127.0.0.1:{closed_port}/orders"])
    assert "interrupted: nothing was found out\n" == capsys.readouterr().err


def test_a_name_that_cannot_be_one_is_unknown(capsys: pytest.CaptureFixture[str]):
    """It is a verdict like any other, at once, and no thread dies of it."""
    assert 1 == main(["postgresql://app@db..test/orders"])
    told = capsys.readouterr()
    assert "FAULT  name-unknown" in told.out
    assert "" == told.err


@pytest.mark.parametrize("value", ["0", "-1", "soon", "nan", "9999"])
def test_a_limit_must_be_one(value: str, capsys: pytest.CaptureFixture[str]):
    """Without a limit the command could hang."""
    with pytest.raises(SystemExit) as caught:
        main(["postgresql://app@127.0.0.1/x", "--timeout", value])
    assert 2 == caught.value.code
    assert "--timeout" in capsys.readouterr().err
