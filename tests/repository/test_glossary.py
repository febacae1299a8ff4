"""The glossary explains each of its terms once, and every term is one that a page uses."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "docs/glossary.md"
PAGES = [page for page in sorted((ROOT / "docs").rglob("*.md")) if page != GLOSSARY]

_ROW = re.compile(r"^\| ([^|{]+) { #([\w-]+) } \| ([^|]+) \|$", re.MULTILINE)


def terms(text: str) -> list[tuple[str, str, str]]:
    """Each term of the table with its anchor and its meaning."""
    return _ROW.findall(text)


def faults(found: list[tuple[str, str, str]]) -> Iterator[str]:
    """Terms that are out of order, doubled, misnamed, or explained in more than three sentences."""
    names = [term.casefold() for term, _, _ in found]
    if names != sorted(set(names)):
        yield "the terms are not in order, each once"
    for term, anchor, meaning in found:
        if anchor != term.casefold().replace(" ", "-"):
            yield f"{term}: its anchor is {anchor}"
        if not 1 <= len(re.findall(r"\.(?: |$)", meaning)) <= 2:
            yield f"{term}: it takes one sentence or two"


def used(term: str, text: str) -> bool:
    """Whether a text has the term, as a word or words of its own, in any case, one or many."""
    words = r"\s+".join(re.escape(word) for word in term.split())
    return bool(re.search(rf"(?<![\w-]){words}s?(?![\w-])", text, re.IGNORECASE))


def test_each_term_is_explained_once():
    """Every row is a term, in alphabetical order, with an anchor of its own."""
    text = GLOSSARY.read_text(encoding="utf-8")
    assert len(re.findall(r"^\| ", text, re.MULTILINE)) == len(terms(text)) + 1  # the table's head
    assert [] == list(faults(terms(text)))


def test_every_term_is_used():
    """Nothing is explained that no page says."""
    texts = [page.read_text(encoding="utf-8") for page in PAGES]
    rows = terms(GLOSSARY.read_text(encoding="utf-8"))
    assert [] == [term for term, _, _ in rows if not any(used(term, text) for text in texts)]


def test_a_wrong_table_is_seen():
    """A term twice, out of order, under another's anchor or without a sentence is found."""
    pod, arn = ("Pod", "pod", "It runs."), ("ARN", "arn", "A name.")
    assert ["the terms are not in order, each once"] == list(faults([pod, arn]))
    assert ["the terms are not in order, each once"] == list(faults([pod, pod]))
    assert ["Pod: its anchor is pods"] == list(faults([("Pod", "pods", "It runs.")]))
    assert ["Pod: it takes one sentence or two"] == list(faults([("Pod", "pod", "containers")]))


def test_a_term_is_found_as_a_word():
    """Over a line's end, in the plural and in capitals; not within another word."""
    assert used("Error budget", "of error\nbudgets")
    assert not used("Pod", "a tripod, the pod-identity agent, podium")
