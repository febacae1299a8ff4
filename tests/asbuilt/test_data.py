"""Data read from files, and written."""

from pathlib import Path

import pytest

from asbuilt import data
from asbuilt.errors import UnusableInput


@pytest.mark.parametrize("name", ["a.json", "a.yaml"])
def test_a_file_is_read_by_its_ending(project, name: str):
    """JSON and YAML hold the same data."""
    Path(name).write_text('{"a": [1, "é"]}', encoding="utf-8")
    assert {"a": [1, "é"]} == data.read(Path(name))


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("a.json", b'{\n"a": }', "a.json:2"),
        ("a.yaml", b"a: 1\nb: [\nc: ]]\n", "a.yaml:3"),
        ("a.json", b"\xff", "a.json"),
        ("a.yaml", b"a: \x00", "a.yaml"),
        ("a.yaml", b"a: !!python/object/apply:os.getcwd []", "a.yaml:1"),
    ],
    ids=["json", "yaml", "not text", "a character that YAML forbids", "a call"],
)
def test_what_is_no_data_is_named_with_its_line(project, name: str, content: bytes, place: str):
    """Where a person has to look, and no traceback."""
    Path(name).write_bytes(content)
    with pytest.raises(UnusableInput, match="cannot be read") as raised:
        data.read(Path(name))
    assert place == raised.value.place


def test_json_is_written_for_a_line_by_line_comparison():
    """Each value on its line, letters as they are, and a newline at the end."""
    assert '{\n "a": [\n  "é"\n ]\n}\n' == data.as_json({"a": ["é"]}, indent=1)
