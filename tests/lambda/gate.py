"""A way to a server that can be closed as networks close ways."""

import contextlib
import socket
import threading
from collections.abc import Callable

from ports import free_port


class Gate:
    """Forwards connections from a port on loopback to `upstream`, until told otherwise."""

    def __init__(self, upstream: tuple[str, int]):
        self._upstream = upstream
        self._connections: set[socket.socket] = set()
        # What a new connection waits for before anything passes; each keeps the one of its time.
        self._flow = threading.Event()
        self._fillers: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self.port = free_port()
        self.open()

    def open(self) -> None:
        """The server can be reached."""
        self._close_port()
        self._flow.set()
        self._listen(backlog=128, accept=True)

    def abandon(self) -> None:
        """Connections under way hang for ever, while new ones work: the server moved elsewhere."""
        self._close_port()
        self._flow.clear()
        self._flow = threading.Event()
        self.open()

    def refuse(self) -> None:
        """Nobody listens: connecting fails at once, and connections under way end."""
        self._close_port()
        self.cut()
        # Bound but not listening: the port stays ours, and connecting to it is refused.
        self._listener = self._bound()

    def stay_silent(self) -> None:
        """Connecting works, and then nothing ever comes; the same on connections under way."""
        self._close_port()
        self._flow.clear()
        self._listen(backlog=128, accept=True)

    def drop(self) -> None:
        """Not even connecting is answered, as where a firewall drops packets."""
        self._close_port()
        self._flow.clear()
        self._listen(backlog=0, accept=False)
        # The queue of a listener that never accepts is full after a connection or two; from then on
        # the kernel lets attempts to connect go unanswered.
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                filler.connect(("127.0.0.1", self.port))
            self._fillers.append(filler)

    def cut(self) -> None:
        """Ends the connections under way, and only those."""
        for connection in list(self._connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Gives the port back and ends everything."""
        self._close_port()
        self.cut()

    def _bound(self) -> socket.socket:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        return listener

    def _listen(self, backlog: int, accept: bool) -> None:
        self._listener = self._bound()
        self._listener.listen(backlog)
        if accept:
            threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _close_port(self) -> None:
        for filler in self._fillers:
            filler.close()
        self._fillers.clear()
        if self._listener is not None:
            # Shutting down wakes the thread that waits in accept; closing alone would not.
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        self._connections.add(client)
        flow = self._flow
        try:
            flow.wait()
            server = socket.create_connection(self._upstream)
        except OSError:
            self._end(client)
            return
        self._connections.add(server)
        back = threading.Thread(target=self._pump, args=(server, client, flow), daemon=True)
        back.start()
        self._pump(client, server, flow)
        back.join()
        self._end(client)
        self._end(server)

    def _pump(self, source: socket.socket, target: socket.socket, flow: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                flow.wait()
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _end(self, connection: socket.socket) -> None:
        self._connections.discard(connection)
        connection.close()


# The ways in which a server is away, by name.
OUTAGES: dict[str, Callable[[Gate], None]] = {
    "refused": Gate.refuse,
    "silent": Gate.stay_silent,
    "dropped": Gate.drop,
}
