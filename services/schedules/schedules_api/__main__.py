"""Serve one version: `python -m schedules_api --version v1 --port 8000`."""

import argparse
import os
import sys

import uvicorn

from schedules_api.app import create_app
from schedules_api.settings import VERSIONS, Settings


def main() -> int:
    """Serve until a signal; 2 where a setting cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m schedules_api", description=__doc__.partition(":")[0])
    parser.add_argument("--version", choices=VERSIONS, required=True)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="(default: %(default)s)")
    chosen = parser.parse_args()
    try:
        app = create_app(Settings.read(chosen.version, os.environ))
    except ValueError as error:
        print(f"error: {error}\nhint: the SCHEDULES_* variables set it", file=sys.stderr)
        return 2
    # Telemetry tells of requests, and of more than uvicorn does.
    uvicorn.run(app, host=chosen.host, port=chosen.port, access_log=False, log_level="warning")
    return 0


if __name__ == "__main__":
    sys.exit(main())
