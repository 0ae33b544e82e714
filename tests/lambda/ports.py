"""Free ports on loopback."""

import random
import socket

# Who was given a port may not listen on it yet.
_given: set[int] = set()


def free_port() -> int:
    """A port that nobody listens on or was given: below those the system hands out for outgoing connections."""
    while True:
        port = random.randrange(20_000, 32_000)
        if port in _given:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            _given.add(port)
            return port
