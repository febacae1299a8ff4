"""Where the lab is: `lab.places`."""

from pathlib import Path

import pytest

from asbuilt.errors import UnusableInput
from lab.places import FIRST_PORT, OFFSETS, Lab


def test_ports_are_remembered_for_the_commands_that_follow(tmp_path: Path):
    """Whoever names a port for `up` need not name it again, until the lab is down."""
    here = {"LAB_FOLDER": str(tmp_path)}
    assert FIRST_PORT == Lab.read(here).first_port
    Lab.read(here | {"LAB_PORT": "9190"}).remember()
    assert 9190 == Lab.read(here).first_port
    Lab.read(here).forget()
    assert FIRST_PORT == Lab.read(here).first_port


@pytest.mark.parametrize("port", ["http", "80", "70000", "-1"])
def test_a_port_that_cannot_be_is_refused(port: str, tmp_path: Path):
    """A word, one that needs root, and one that does not exist."""
    with pytest.raises(UnusableInput, match=f"LAB_PORT is {port}"):
        Lab.read({"LAB_FOLDER": str(tmp_path), "LAB_PORT": port})


def test_no_two_programs_share_a_port():
    """Nor does one take that of Alertmanager's cluster, which is one after its own."""
    assert len(OFFSETS) == len(set(OFFSETS.values()))
    assert OFFSETS["alertmanager"] + 1 not in OFFSETS.values()
