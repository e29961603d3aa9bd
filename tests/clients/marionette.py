"""Speaks Marionette, the remote control built into Thunderbird.

One TCP connection on loopback; each packet is its length in decimal, a
colon, and JSON: [0, id, command, parameters] out, [1, id, error, value]
back.  Scripts run in the chrome context, where Thunderbird's own interface
is written.  Refuses nothing and retries nothing: the caller decides.
"""

import json
import socket
import time


class MarionetteError(Exception):
    """An error that Thunderbird answered, such as a script's exception."""

    def __init__(self, error):
        super().__init__("%s: %s" % (error["error"], error["message"]))
        self.code = error["error"]


class Marionette:
    def __init__(self, port, timeout):
        self.next_id = 0
        self.pending = b""
        self.sock = socket.create_connection(("127.0.0.1", port), timeout)
        self.packet()  # the server's greeting

    def close(self):
        self.sock.close()

    def packet(self):
        while b":" not in self.pending:
            self.fill()
        head, _, self.pending = self.pending.partition(b":")
        while len(self.pending) < int(head):
            self.fill()
        body, self.pending = (self.pending[: int(head)],
                              self.pending[int(head):])
        return json.loads(body)

    def fill(self):
        got = self.sock.recv(65536)
        if not got:
            raise ConnectionError("Thunderbird closed the connection")
        self.pending += got

    def command(self, name, timeout=60, **parameters):
        """Send one command and wait for its answer."""
        self.next_id += 1
        body = json.dumps([0, self.next_id, name, parameters]).encode()
        self.sock.settimeout(timeout)
        self.sock.sendall(b"%d:%s" % (len(body), body))
        while True:
            _, number, error, value = self.packet()
            if number == self.next_id:
                break
        if error:
            raise MarionetteError(error)
        return value

    def start(self):
        """Open the session, for scripts in the chrome context."""
        self.command("WebDriver:NewSession")
        self.command("WebDriver:SetTimeouts", script=120000)
        self.command("Marionette:SetContext", value="chrome")

    def run(self, script, *args, timeout=60):
        """Run a script that returns at once; its value comes back."""
        return self.command("WebDriver:ExecuteScript", timeout,
                            script=script, args=list(args), sandbox="system",
                            newSandbox=False)["value"]

    def run_async(self, script, *args, timeout=60):
        """Run a script that ends by calling its last argument."""
        return self.command("WebDriver:ExecuteAsyncScript", timeout,
                            script=script, args=list(args), sandbox="system",
                            newSandbox=False)["value"]

    def poll(self, script, *args, deadline=60):
        """Run a script until its value is true; the last value comes back."""
        end = time.monotonic() + deadline
        while True:
            value = self.run(script, *args)
            if value or time.monotonic() > end:
                return value
            time.sleep(0.1)
