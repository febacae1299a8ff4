"""Where scripts are found."""

from pathlib import Path

import pytest

from asbuilt.errors import UnusableInput
from asbuilt.scripts import scripts


def test_every_script_below_the_folder_is_found_in_order(script):
    """Scripts are found in every folder, sorted; a package's marker is none."""
    for name in ("b.py", "a/z.py", "a/__init__.py", "a/notes.txt"):
        script(name=name)
    assert scripts(Path("diagrams")) == [Path("diagrams/a/z.py"), Path("diagrams/b.py")]


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (False, "diagrams is not a folder"),
        (True, "diagrams holds no diagram script"),
    ],
)
def test_a_folder_without_scripts_is_refused(project, made, message):
    """Nothing to draw is an error, and tells whether the folder is there."""
    if made:
        Path("diagrams").mkdir()
    with pytest.raises(UnusableInput) as caught:
        scripts(Path("diagrams"))
    assert message == caught.value.message
    assert "--diagrams" in caught.value.hint


@pytest.mark.parametrize("name", ["platform.py", "shop/queue.py"])
def test_a_name_that_hides_a_module_of_python_is_refused(script, name):
    """A script named like a module that the library imports could not run by itself."""
    script(name=name)
    with pytest.raises(UnusableInput) as caught:
        scripts(Path("diagrams"))
    assert caught.value.file == f"diagrams/{name}"
