"""`python -m drills.emulator [PORT]`: serve the emulator on loopback.

With PORT until it is interrupted. Without one on a free port, whose URL is printed once it answers, and
until standard input ends: so it never outlives the process that started it.
"""

import logging
import os
import sys
import threading

from asbuilt.errors import UnusableInput

_SETTINGS = {"MOTO_IAM_LOAD_MANAGED_POLICIES": "true", "MOTO_ACM_VALIDATION_WAIT": "0"}


def main(arguments: list[str]) -> int:
    """Serve; returns 2 where the port cannot be used."""
    os.environ.update(_SETTINGS)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    try:
        port = _port(arguments)  # before the import, which takes seconds
        from drills.emulator.server import listen  # moto reads its settings while it is imported

        server = listen(port)
    except UnusableInput as error:
        print(error, file=sys.stderr)
        return 2
    print(f"http://127.0.0.1:{server.port}", flush=True)
    if not arguments:
        threading.Thread(target=_end_with_input, daemon=True).start()
    server.serve_forever()  # returns when it is interrupted
    return 0


def _port(arguments: list[str]) -> int:
    match arguments:
        case []:
            return 0
        case [port] if port.isdecimal() and int(port) < 65536:
            return int(port)
    raise UnusableInput(f"not one port: {' '.join(arguments)}", "python -m drills.emulator [PORT]")


def _end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
