"""Free ports on loopback."""

import random
import socket


def free_port() -> int:
    """A port that nobody listens on: below those the system hands out for outgoing connections."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
