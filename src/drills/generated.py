"""A command for a file that is made from another: it prints the file, or writes it."""

import argparse
import sys
from pathlib import Path

from asbuilt import files


def generated(path: Path, made: str, program: str, about: str) -> int:
    """Print `made`, or with `--write` put it at `path`; 0. `about` is what `--help` says."""
    parser = argparse.ArgumentParser(prog=f"python -m {program}", description=about)
    parser.add_argument("--write", action="store_true", help=f"write it to {path}")
    if parser.parse_args().write:
        files.write(path, made)
    else:
        sys.stdout.write(made)
    return 0
