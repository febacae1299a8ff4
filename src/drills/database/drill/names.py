"""A name server for one drill: it knows a few addresses, and can fall silent or fail."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

ADDRESS = "127.0.0.53"
_A, _IN = 1, 1
_FAILED, _UNKNOWN = 2, 3  # response codes, RFC 1035


@dataclass
class Names:
    """What it answers: `records` by name, nothing while `mute`, an error while `failing`."""

    records: dict[str, str]
    mute: bool = False
    failing: bool = False
    asked: socket.socket = field(default_factory=lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))

    def serve(self) -> None:
        """Answer until the socket is closed."""
        while True:
            try:
                question, client = self.asked.recvfrom(512)
                if not self.mute:
                    self.asked.sendto(self.answer(question), client)
            except OSError:
                return

    def answer(self, question: bytes) -> bytes:
        """The answer to one question of one name."""
        name, end = _name(question)
        (kind,) = struct.unpack_from("!H", question, end)
        address = self.records.get(name)
        code = _FAILED if self.failing else 0 if address else _UNKNOWN
        data = b""
        if address and kind == _A and not code:
            data = struct.pack("!HHHIH", 0xC00C, _A, _IN, 0, 4) + socket.inet_aton(address)
        head = question[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, bool(data), 0, 0)
        return head + question[12 : end + 4] + data


@contextmanager
def name_server(**records: str) -> Iterator[Names]:
    """A name server on loopback; needs to be root."""
    names = Names({name.replace("_", "."): address for name, address in records.items()})
    names.asked.bind((ADDRESS, 53))
    threading.Thread(target=names.serve, daemon=True).start()
    try:
        yield names
    finally:
        names.asked.close()


def _name(question: bytes) -> tuple[str, int]:
    """The name a question is about, and where it ends."""
    parts, place = [], 12
    while question[place]:
        length = question[place]
        parts.append(question[place + 1 : place + 1 + length].decode())
        place += 1 + length
    return ".".join(parts), place + 1
