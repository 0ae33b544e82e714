"""What listens on loopback, reachable from containers."""

import contextlib
import socket
import socketserver
import threading


class Bridge:
    """Forwards connections from a port of a container network's own address to one on loopback."""

    def __init__(self, address: str, upstream: tuple[str, int], port: int = 0):
        class Forward(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError), socket.create_connection(upstream) as server:
                    back = threading.Thread(target=_pump, args=(server, self.request), daemon=True)
                    back.start()
                    _pump(self.request, server)
                    back.join()

        self._server = socketserver.ThreadingTCPServer((address, port), Forward)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.address: tuple[str, int] = (address, self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Gives the port back."""
        self._server.shutdown()
        self._server.server_close()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
