"""A mail server without TLS that keeps what it gets, as the mail catcher of compose does."""

import socketserver
import threading


class MailCatcher:
    """Listens on a port of loopback."""

    def __init__(self) -> None:
        mails: list[str] = []

        class Session(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(b"220 here\r\n")
                while line := self.rfile.readline():
                    match line.split()[0].upper():
                        case b"EHLO" | b"MAIL" | b"RCPT":
                            self.wfile.write(b"250 yes\r\n")
                        case b"DATA":
                            self.wfile.write(b"354 go on\r\n")
                            mails.append("".join(line.decode() for line in iter(self.rfile.readline, b".\r\n")))
                            self.wfile.write(b"250 kept\r\n")
                        case b"QUIT":
                            self.wfile.write(b"221 bye\r\n")
                            return
                        case _:
                            self.wfile.write(b"502 no\r\n")

        self.mails = mails
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)
        self._server.daemon_threads = True
        self.address: tuple[str, int] = ("127.0.0.1", self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Gives the port back."""
        self._server.shutdown()
        self._server.server_close()
