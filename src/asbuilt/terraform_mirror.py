"""Find a file-system mirror of Terraform's providers, for machines that reach no provider registry.

The folders are those that Terraform itself looks into
(https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories)
and the folders right under the places where a machine's own software lies.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from string import Template

from asbuilt.errors import UnusableInput

VARIABLE = "TF_PLUGIN_MIRROR"
"""Names a mirror, and then no other is looked for."""
_PROVIDER = "registry.terraform.io/hashicorp/aws"
_SOFTWARE = ("/opt", "/usr/local/share", "/usr/share")
_CONFIGURATION = Template("""\
provider_installation {
  filesystem_mirror {
    path    = $mirror
    include = $providers
  }
  direct {
    exclude = $providers
  }
}
""")


def cli_configuration(folder: Path) -> Path | None:
    """A CLI configuration for Terraform: one written into `folder`, the person's own, or none.

    A mirror that the variable names comes first, then the person's own configuration, then a mirror
    that is found. Raises UnusableInput where the variable names a folder that holds no provider.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return _write(folder, Path(named))
    own = Path(os.environ.get("TF_CLI_CONFIG_FILE", "~/.terraformrc")).expanduser()
    if own.is_file():
        return own
    found = next((root for root in _conventional() if (root / _PROVIDER).is_dir()), None)
    return _write(folder, found) if found else None


def _write(folder: Path, mirror: Path) -> Path:
    providers = sorted(
        path.relative_to(mirror).as_posix() for path in mirror.glob("*.*/*/*") if path.is_dir()
    )
    if not providers:
        hint = f"it needs a folder such as {_PROVIDER}; unset {VARIABLE} to use the registry"
        raise UnusableInput(f"{VARIABLE} names no mirror of providers", hint, mirror.as_posix())
    text = _CONFIGURATION.substitute(
        mirror=json.dumps(mirror.resolve().as_posix()), providers=json.dumps(providers)
    )
    path = folder / "terraform.rc"
    path.write_text(text, encoding="utf-8")
    return path


def _conventional() -> Iterator[Path]:
    yield Path.home() / ".terraform.d/plugins"
    data = os.environ.get("XDG_DATA_HOME") or (Path.home() / ".local/share").as_posix()
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    yield from (Path(root) / "terraform/plugins" for root in (data, *shared.split(":")))
    yield from (path for root in _SOFTWARE for path in sorted(Path(root).glob("*")))
