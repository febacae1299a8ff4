"""A workflow's YAML with the lines that its keys stand on."""

from typing import Any, NoReturn

import yaml

from asbuilt.errors import UnusableInput

_Fast: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Fast):  # type: ignore[misc]
    """Reads `on`, `off`, `yes` and `no` as words, not as booleans, as GitHub does."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the library's own attribute
        first: [(tag, pattern) for tag, pattern in found if first in "tTfF" or not tag.endswith(":bool")]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


class Document:
    """One file: its `body` as plain data, and the lines of its keys.

    Raises UnusableInput, with file and line, for what is not YAML.
    """

    def __init__(self, content: bytes, file: str) -> None:
        self.file = file
        try:
            loader = _Loader(content)
            self._root = loader.get_single_node()
            self.body: Any = loader.construct_document(self._root) if self._root else None
        except (yaml.YAMLError, ValueError, RecursionError) as error:  # a ValueError is a date that is none
            mark = getattr(error, "problem_mark", None)
            message = f"this is not YAML: {getattr(error, 'problem', None) or error}"
            line = mark.line + 1 if mark else 0
            raise UnusableInput(message, "correct the file", file, line) from None

    def line(self, *path: str) -> int:
        """Where the key at the end of `path` stands, or the last on the way that is there."""
        node, line = self._root, 1
        for key in path:
            found = next((pair for pair in _pairs(node) if pair[0].value == key), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        return line

    def twice(self, key: str) -> tuple[str, int] | None:
        """The first name that stands again below `key`, and where: YAML's reader keeps the last."""
        seen: set[str] = set()
        below = (pair for name, value in _pairs(self._root) if name.value == key for pair in _pairs(value))
        for name, _ in below:
            if name.value in seen:
                return name.value, name.start_mark.line + 1
            seen.add(name.value)
        return None

    def fail(self, message: str, hint: str, *path: str) -> NoReturn:
        """Raise UnusableInput at the line of `path`."""
        raise UnusableInput(message, hint, self.file, self.line(*path))


def _pairs(node: yaml.Node | None) -> list[tuple[yaml.Node, yaml.Node]]:
    return node.value if isinstance(node, yaml.MappingNode) else []
