"""Listeners on loopback that stand in for what must not be there.

Trap is the proxy that Thunderbird is told to use: it refuses, and counts,
so that a run proves that nothing outside was asked for.  Silent takes the
place of a service that accepts a connection and then says nothing.
"""

import socket
import threading


class Listener:
    def __init__(self, port=0):
        self.sock = socket.socket()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.bind(("127.0.0.1", port))
        self.sock.listen(64)
        self.port = self.sock.getsockname()[1]
        self.held = []
        self.seen = []
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                connection, _ = self.sock.accept()
            except OSError:
                return
            self.take(connection)

    def stop(self):
        self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()
        self.thread.join(10)
        for connection in self.held:
            connection.close()


class Trap(Listener):
    def take(self, connection):
        with connection:
            connection.settimeout(5)
            try:
                request = connection.recv(400)
            except OSError:
                request = b"(nothing said)"
        self.seen.append(request.split(b"\r\n")[0].decode(errors="replace"))


class Silent(Listener):
    def take(self, connection):
        self.held.append(connection)
