"""What goes wrong with what a person wrote, said the same way everywhere."""

from dataclasses import dataclass


@dataclass
class UnusableInput(Exception):
    """Something that was handed to the engine cannot be used at all.

    Takes what is wrong, what to do about it, and where it stands (a path as the
    reader would type it, and a line counted from 1). The command prints it as one
    `error:` line and one `hint:` line, and exits with 2.
    """

    message: str
    hint: str = ""
    file: str = ""
    line: int = 0

    @property
    def place(self) -> str:
        """`file:line`, `file`, or nothing."""
        return f"{self.file}:{self.line}" if self.file and self.line else self.file

    def __str__(self) -> str:
        head = f"error: {self.place}: " if self.place else "error: "
        tail = f"\nhint: {self.hint}" if self.hint else ""
        return head + " ".join(self.message.split()) + tail
