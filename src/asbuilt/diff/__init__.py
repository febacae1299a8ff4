"""What a change does to the architecture, in words and in pictures."""

from asbuilt.diff.compare import compare
from asbuilt.diff.recorded import same_files
from asbuilt.diff.revisions import opened
from asbuilt.diff.words import as_markdown, as_text

__all__ = ["as_markdown", "as_text", "compare", "opened", "same_files"]
