"""A URL is read as libpq reads it, and its password is never repeated."""

from pathlib import Path

import pytest

from asbuilt.errors import UnusableInput
from drills.database import Target, read_url

LOGIN = "app:hush"


def test_a_url_says_where_as_whom_and_how():
    """Escapes are undone, and what is left out is libpq's default."""
    url = "postgresql+psycopg://app%40x:a%2Fb@db.test/orders?sslmode=verify-ca&sslrootcert=/ca.pem"
    expected = Target("db.test", 5432, "app@x", "orders", "a/b", "verify-ca", "/ca.pem")
    assert expected == read_url(url)
    assert Target("10.0.0.1", 6000, "app", "app") == read_url("postgres://app@10.0.0.1:6000")


def test_options_are_read_without_forms():
    """libpq undoes escapes there, and leaves a plus what it is."""
    target = read_url("postgresql://app@db.test/x?password=a+b%2F&options=-csearch_path%3Dshop")
    assert ("a+b/", "-csearch_path=shop") == (target.password, target.options)


def test_a_password_from_elsewhere_fills_a_gap():
    """What stands in the URL goes first, as with libpq."""
    urls = "postgresql://app@db.test/x", "postgresql://app:own@db.test/x"
    assert ["other", "own"] == [read_url(url, "other").password for url in urls]


def test_a_password_is_not_printed():
    """Neither as text nor as what a debugger shows."""
    target = read_url(f"postgresql://{LOGIN}@db.test/orders")
    assert "hush" == target.password
    assert "hush" not in f"{target} {target!r}"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "no URL is given"),
        ("host=db.test password=hush", "the URL does not start with postgresql://"),
        (f"mysql://{LOGIN}@db.test/x", "the URL does not start with postgresql://"),
        (f"postgresql://{LOGIN}@db.test/x\n", "the URL holds a space or a line break"),
        (f"postgresql://{LOGIN}%ZZ@db.test/x", "the URL holds a % that is no escape"),
        (f"postgresql://{LOGIN}@%00/x", "the URL holds a % that is no escape"),
        (f"postgresql://{LOGIN}@sh@db.test/x", "the URL holds more than one @"),
        (f"postgresql://{LOGIN}#1@db.test/x", "the URL holds a #"),
        (f"postgresql://{LOGIN}@db.test/x#y", "the URL holds a #"),
        (f"postgresql://{LOGIN}/1@db.test/x", "the URL cannot be read: its host or port is malformed"),
        (f"postgresql://{LOGIN}@[::1/x", "the URL cannot be read: its host or port is malformed"),
        ("postgresql://app@db.test/x?target_session_attrs=rw", "target_session_attrs is 'rw'"),
        (f"postgresql://{LOGIN}@/x", "the URL does not name one host"),
        (f"postgresql://{LOGIN}@a.test,b.test/x", "the URL does not name one host"),
        (f"postgresql://{LOGIN}@%2Frun/x", "the URL does not name one host"),
        ("postgresql://db.test/x", "the URL names no role"),
        (f"postgresql://{LOGIN}@db.test:high/x", "the URL cannot be read: its host or port is malformed"),
        (f"postgresql://{LOGIN}@db.test:0/x", "the URL cannot be read: its host or port is malformed"),
        (f"postgresql://{LOGIN}@db.test/x?port=6000", "the URL names its port after the ?"),
        (f"postgresql://{LOGIN}@db.test/x?service=x&user=y", "the URL names its service, user after the ?"),
        (f"postgresql://{LOGIN}@db.test/x?sslmode=on", "sslmode is 'on'"),
        ("postgresql://app@db.test/x?ssl_max_protocol_version=1", "ssl_max_protocol_version is '1'"),
    ],
)
def test_an_unusable_url_is_refused(url: str, message: str):
    """It says what is wrong and what to write, without the password."""
    with pytest.raises(UnusableInput) as caught:
        read_url(url)
    assert message == caught.value.message
    assert caught.value.hint
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "verifies"),
    [
        ("sslmode=require", False),
        ("ssl=true", False),
        ("sslmode=require&sslrootcert={here}", True),
        ("sslmode=require&sslrootcert={here}.missing", False),
        ("sslmode=verify-ca", True),
        ("sslmode=prefer&sslrootcert={here}", False),
    ],
)
def test_a_certificate_is_verified_where_libpq_does(options: str, verifies: bool):
    """With a file of authorities that is there, `require` verifies too."""
    assert verifies == read_url(f"postgresql://app@db.test/x?{options.format(here=__file__)}").verifies


def test_the_word_for_tls_that_java_uses_is_understood():
    """libpq reads it as `require`; what comes later in the URL wins."""
    modes = [
        read_url(f"postgresql://app@db.test/x?{one}").sslmode
        for one in ("ssl=true", "ssl=true&sslmode=disable")
    ]
    assert ["require", "disable"] == modes


def test_the_file_that_libpq_looks_for_makes_require_verify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Also where the URL does not name it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".postgresql").mkdir()
    (tmp_path / ".postgresql/root.crt").touch()
    assert read_url("postgresql://app@db.test/x?sslmode=require").verifies


def test_the_trusted_file_is_libpqs_unless_one_is_named():
    """`system` leaves it to the host."""
    roots = [read_url(f"postgresql://app@db.test/x?{one}").trusted for one in ("", "sslrootcert=system")]
    assert [Path("~/.postgresql/root.crt").expanduser(), None] == roots
