"""Pictures are drawn once."""

import time
from importlib import metadata
from pathlib import Path

import pytest
from PIL import Image

from asbuilt.errors import UnusableInput
from asbuilt.render import store
from asbuilt.render.store import picture

CACHE, FOLDER = Path("cache"), Path("diagrams")


@pytest.fixture
def drawn(monkeypatch):
    """Names of the scripts that were really drawn."""
    names = []
    original = store._draw
    monkeypatch.setattr(
        store, "_draw", lambda script, folder: names.append(script.name) or original(script, folder)
    )
    return names


def test_a_picture_is_drawn_once(script, drawn):
    """The second time the picture comes from the store, byte by byte the same."""
    path = script("S3('A')")
    assert picture(path, FOLDER, CACHE) == picture(path, FOLDER, CACHE)
    assert drawn == ["view.py"]


def test_a_changed_script_is_drawn_again(script, drawn):
    """A script that changed has a picture of its own, and back again the first one's."""
    first = picture(script("S3('A')"), FOLDER, CACHE)
    assert first != picture(script("S3('B')"), FOLDER, CACHE)
    assert first == picture(script("S3('A')"), FOLDER, CACHE)
    assert len(drawn) == 2


def test_one_script_under_two_names_is_two_pictures(script):
    """A picture's ids come from its name, so that two can stand on one page."""
    one, other = (picture(script("S3('A')", name=name), FOLDER, CACHE) for name in ("a.py", "b.py"))
    assert one != other


def test_the_versions_are_those_that_are_installed():
    """Each library once, with the version that its own metadata tells."""
    names = ("diagrams", "font-roboto", "pillow", "pygraphviz")
    installed = [f"{name.replace('-', '_')}-{metadata.version(name)}" for name in names]
    assert installed == store.versions()


def test_another_library_is_another_engine(tmp_path, monkeypatch):
    """A second version that is found shapes pictures as well."""
    before = store._engine.__wrapped__()
    (tmp_path / "diagrams-9.9.dist-info").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    assert before != store._engine.__wrapped__()


def test_another_engine_draws_again(script, drawn, monkeypatch):
    """A picture hangs on the engine's code and its libraries too."""
    path = script("S3('A')")
    picture(path, FOLDER, CACHE)
    monkeypatch.setattr(store, "_engine", lambda: "another")
    picture(path, FOLDER, CACHE)
    assert len(drawn) == 2


def test_a_projects_own_icon_is_read_every_time(script, drawn):
    """A picture with an icon that may change is not kept."""
    path = script("Custom('A', 'own.png')")
    for colour in ("red", "blue"):
        Image.new("RGB", (8, 8), colour).save("diagrams/own.png")
        picture(path, FOLDER, CACHE)
    assert (len(drawn), CACHE.exists()) == (2, False)


def test_a_script_that_fails_leaves_the_store_as_it_was(script):
    """Nothing is kept of a picture that was not drawn."""
    picture(script("S3('A')"), FOLDER, CACHE)
    before = {path: path.read_bytes() for path in CACHE.iterdir()}
    with pytest.raises(UnusableInput):
        picture(script("1 / 0"), FOLDER, CACHE)
    assert before == {path: path.read_bytes() for path in CACHE.iterdir()}


def test_the_store_is_much_faster_than_drawing(script):
    """A picture from the store takes at most a third of the time that drawing it took."""
    paths = [script("S3('A') >> S3('B')", name=f"v{number}.py") for number in range(8)]
    spent = []
    for _ in range(2):
        start = time.perf_counter()
        for path in paths:
            picture(path, FOLDER, CACHE)
        spent.append(time.perf_counter() - start)
    drawing, reading = spent
    assert reading <= drawing / 3


def test_a_drawing_is_laid_out_once(draw, monkeypatch):
    """The second time it comes from the store; another drawing or engine has a picture of its own."""
    drawing = draw("S3('A')")
    first = store.drawn(drawing, CACHE)
    assert first == store.drawn(drawing, CACHE) == picture(Path("diagrams/view.py"), FOLDER, CACHE)
    kept = set(CACHE.iterdir())
    store.drawn(draw("S3('B')"), CACHE)
    monkeypatch.setattr(store, "_engine", lambda: "another")
    store.drawn(drawing, CACHE)
    assert len(kept) + 2 == len(set(CACHE.iterdir()))
