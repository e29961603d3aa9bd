#!/usr/bin/env python3
"""HTTPS servers that misbehave, for test_http, test_client and test_sync.

usage: hostile.py DIR

Makes certificates in DIR with the openssl command, listens on one loopback
port for each kind of server, prints "NAME PORT" lines and "ready", and ends
when standard input ends, so that it never outlives the test.
"""
import os
import socket
import ssl
import subprocess
import sys
import threading
import time

DIR = sys.argv[1]
CHUNK = b"x" * 65536
lock = threading.Lock()
counts = {"connections": 0, "requests": 0}
sockets = []  # kept, so that nothing is closed by the collector


def openssl(*args):
    subprocess.run(("openssl",) + args, cwd=DIR, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_ca(name):
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=" + name,
            "-days", "30", "-keyout", name + ".key", "-out", name + ".pem",
            "-addext", "keyUsage=critical,keyCertSign")
    openssl("x509", "-in", name + ".pem", "-outform", "DER", "-out",
            name + ".der")


def make_cert(name, ca, san, days="30"):
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-subj", "/CN=" + name, "-keyout", name + ".key",
            "-out", name + ".csr")
    with open(os.path.join(DIR, name + ".ext"), "w") as f:
        f.write("subjectAltName=" + san + "\n")
    openssl("x509", "-req", "-in", name + ".csr", "-CA", ca + ".pem",
            "-CAkey", ca + ".key", "-days", days, "-extfile",
            name + ".ext", "-out", name + ".pem")
    with open(os.path.join(DIR, name + ".chain"), "wb") as out:
        for part in (name, ca):
            with open(os.path.join(DIR, part + ".pem"), "rb") as f:
                out.write(f.read())


def make_certs():
    make_ca("ca")
    make_ca("other")
    make_cert("good", "ca", "IP:127.0.0.1")
    make_cert("expired", "ca", "IP:127.0.0.1", "-1")
    make_cert("alien", "other", "IP:127.0.0.1")
    make_cert("elsewhere", "ca", "DNS:elsewhere.example")
    make_cert("device", "ca", "DNS:device.example")
    openssl("x509", "-in", "device.pem", "-outform", "DER", "-out",
            "device.der")
    openssl("pkcs8", "-topk8", "-nocrypt", "-in", "device.key", "-outform",
            "DER", "-out", "device.p8")


def context(cert):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    c.load_cert_chain(os.path.join(DIR, cert + ".chain"),
                      os.path.join(DIR, cert + ".key"))
    c.load_verify_locations(os.path.join(DIR, "ca.pem"))
    c.verify_mode = ssl.CERT_OPTIONAL
    return c


class Closed(Exception):
    """The peer is gone, or we are done with it."""


class Conn:
    def __init__(self, sock):
        self.sock = sock
        self.buf = b""
        self.served = 0

    def fill(self):
        got = self.sock.recv(65536)
        if not got:
            raise Closed()
        self.buf += got

    def request(self):
        while b"\r\n\r\n" not in self.buf:
            self.fill()
        head, self.buf = self.buf.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        method, path, _ = lines[0].split(" ")
        headers = {}
        for line in lines[1:]:
            k, v = line.split(":", 1)
            headers[k.strip().lower()] = v.strip()
        n = int(headers.get("content-length", "0"))
        while len(self.buf) < n:
            self.fill()
        body, self.buf = self.buf[:n], self.buf[n:]
        return method, path, headers, body

    def answer(self, status, body, ctype="application/json", extra=""):
        head = "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n%s\r\n"
        self.sock.sendall((head % (status, ctype, len(body), extra)).encode()
                          + body)


def forever(send):
    while True:
        send(CHUNK)


def page(c, method, path, headers, body):
    """One answer of the well-equipped server, by path."""
    name = path.split("?")[0]
    if name == "/ok":
        c.answer("200 OK", b'{"ok":true}', "Application/JSON; charset=utf-8",
                 'ETag: "7"\r\n')
    elif name == "/dated":
        c.answer("200 OK", b"{}", extra="Date: Tue, 24 Nov 2026 "
                 "19:14:33 GMT\r\n")
    elif name == "/echo":
        c.answer("200 OK", method.encode() + b" " + body)
    elif name == "/headers":
        c.answer("200 OK", repr(sorted(headers.items())).encode())
    elif name == "/count":
        with lock:
            c.answer("200 OK", b"%d %d" % (counts["connections"],
                                           counts["requests"]))
    elif name == "/cert":
        peer = c.sock.getpeercert()
        c.answer("200 OK", repr(peer and peer["subject"]).encode())
    elif name == "/busy":
        c.answer("503 Busy", b"{}", "application/problem+json",
                 "Retry-After: 17\r\n")
    elif name == "/redirect":
        c.answer("302 Found", b"", "text/html", "Location: /ok\r\n")
    elif name == "/big":
        c.answer("200 OK", b"x" * 5000)
    elif name == "/endless":
        c.sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        forever(c.sock.sendall)
    elif name == "/head-endless":
        c.sock.sendall(b"HTTP/1.1 200 OK\r\n")
        forever(lambda x: c.sock.sendall(b"A: " + x[:1000] + b"\r\n"))
    elif name == "/cut":
        c.sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json"
                       b"\r\nContent-Length: 1000\r\n\r\n{\"a\":")
        raise Closed()
    elif name == "/stall":
        c.sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        time.sleep(3600)
    elif name == "/silent":
        time.sleep(3600)
    elif name == "/none":
        raise Closed()
    elif name == "/garbage":
        c.sock.sendall(os.urandom(32) + b"\r\n\r\n" + os.urandom(64))
        raise Closed()
    elif name == "/continue":
        c.sock.sendall(b"HTTP/1.1 100 Continue\r\nETag: \"no\"\r\n\r\n")
        c.answer("200 OK", b"{}")
    elif name == "/bye":
        c.answer("200 OK", b"{}")
        raise Closed()
    elif name == "/drop-next":
        c.answer("200 OK", b"{}")
        c.request()  # read, and never answered
        raise Closed()
    else:
        c.answer("500 Broken", b"<html>oops</html>", "text/html")


def canned(c, method, path, headers, body):
    """The answer that the test wrote to DIR/answers, by method and path."""
    name = method + path.split("?")[0].replace("/", "_")
    with lock:
        with open(os.path.join(DIR, "requests"), "ab") as f:
            f.write(("%s %s %s\n" % (method, path,
                     headers.get("if-none-match", "-"))).encode())
    for candidate in (name + "?" + path.partition("?")[2], name):
        try:
            with open(os.path.join(DIR, "answers", candidate), "rb") as f:
                c.sock.sendall(f.read())
                return
        except FileNotFoundError:
            pass
    c.answer("404 Not Found", b"no answer canned", "text/plain")


def serve_conn(sock, ctx, pages):
    try:
        sock = ctx.wrap_socket(sock, server_side=True)
        c = Conn(sock)
        with lock:
            counts["connections"] += 1
        while True:
            request = c.request()
            with lock:
                counts["requests"] += 1
            pages(c, *request)
    except (Closed, OSError, ValueError):
        pass
    if isinstance(sock, ssl.SSLSocket):
        try:
            sock.unwrap()
        except (OSError, ValueError):
            pass
    sock.close()


def listen(name):
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    s.listen(64)
    sockets.append(s)
    print(name, s.getsockname()[1])
    return s


def accept_forever(s, handle):
    while True:
        conn, _ = s.accept()
        threading.Thread(target=handle, args=(conn,), daemon=True).start()


def https(name, ctx, pages=page):
    s = listen(name)
    threading.Thread(target=accept_forever, daemon=True, args=(
        s, lambda conn: serve_conn(conn, ctx, pages))).start()


def speak_garbage(conn):
    conn.recv(100)
    conn.sendall(b"SSH-2.0-not tls at all\r\n")
    conn.close()


def main():
    make_certs()
    os.mkdir(os.path.join(DIR, "answers"))
    https("good", context("good"))
    https("canned", context("good"), canned)
    https("expired", context("expired"))
    https("alien", context("alien"))
    https("elsewhere", context("elsewhere"))
    old = context("good")
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    https("tls12", old)
    listen("mute")  # never accepts: the kernel does, and nobody speaks
    threading.Thread(target=accept_forever, daemon=True, args=(
        listen("nonsense"), speak_garbage)).start()
    closed = socket.socket()
    closed.bind(("127.0.0.1", 0))
    print("refused", closed.getsockname()[1])
    closed.close()
    print("ready", flush=True)
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)


main()
