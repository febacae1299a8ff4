"""Files found, written and hashed."""

from pathlib import Path

import pytest

from asbuilt import files


def test_a_file_is_written_with_its_folders(project):
    """Folders on the way are made; text is UTF-8 and bytes stay as they are."""
    files.write(Path("a/b.txt"), "é\n")
    files.write(Path("a/b.bin"), b"\r\n")
    assert (Path("a/b.txt").read_bytes(), Path("a/b.bin").read_bytes()) == (b"\xc3\xa9\n", b"\r\n")
    assert sorted(Path("a").iterdir()) == [Path("a/b.bin"), Path("a/b.txt")]


def test_everybody_may_read_what_is_written(project):
    """A written file has the permissions of an ordinary one."""
    files.write(Path("a.txt"), "a")
    assert Path("a.txt").stat().st_mode & 0o777 == 0o644


def test_a_failed_write_leaves_the_old_file(project, monkeypatch):
    """What was there stays until everything is written, and nothing half written stays beside it."""
    files.write(Path("a.txt"), "old")
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "disk full")))
    with pytest.raises(OSError, match=r"disk full: 'a\.txt'"):
        files.write(Path("a.txt"), "new")
    assert [(path.name, path.read_text()) for path in project.iterdir()] == [("a.txt", "old")]


def test_parts_do_not_run_together_in_a_digest():
    """Two lists of parts have one digest only where they are the same lists."""
    assert files.digest(b"ab", b"c") != files.digest(b"a", b"bc")
    assert files.digest(b"ab") == files.digest(b"ab")


def test_files_below_a_folder_leave_out_hidden_folders(project):
    """Files are found by ending in every folder, except those a program hides."""
    for name in ("b.tf", "x/a.tf", ".terraform/modules/m.tf", "x/.git/c.tf", "x/a.md"):
        files.write(Path("t") / name, "")
    assert files.below(Path("t"), ".tf") == [Path("t/b.tf"), Path("t/x/a.tf")]
    assert [*files.contents(Path("t"), ".tf")] == ["t/b.tf", "t/x/a.tf"]


def test_files_below_a_folder_are_files(project):
    """A folder that is named like a file, a link to nothing and what is not there are no files."""
    Path("t/a.tf").mkdir(parents=True)
    Path("t/.#b.tf").symlink_to("nothing")
    files.write(Path("t/a.tf/c.tf"), "")
    assert files.below(Path("t"), ".tf") == [Path("t/a.tf/c.tf")]
    assert files.below(Path("none"), ".tf") == []
