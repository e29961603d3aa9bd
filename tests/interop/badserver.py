#!/usr/bin/env python3
"""A key service that misbehaves in one chosen way.

usage: badserver.py MODE PORT CERTIFICATE KEY
Prints "ready" when it listens; runs until it is killed.
"""
import socket
import ssl
import sys
import threading
import time

JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def read_request(conn):
    data = b""
    while b"\r\n\r\n" not in data:
        got = conn.recv(65536)
        if not got:
            return False
        data += got
    head, body = data.split(b"\r\n\r\n", 1)
    want = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            want = int(line.split(b":")[1])
    while len(body) < want:
        got = conn.recv(65536)
        if not got:
            return False
        body += got
    return True


def hold(conn):
    """Say nothing until the other side goes away."""
    while conn.recv(65536):
        pass


def answer(mode, conn):
    if mode == "garbage":
        conn.sendall(b"\x00\xff\x13garbage\r\n" * 64)
    elif mode == "notjson":
        conn.sendall(JSON + b"Content-Length: 9\r\n\r\n[{\"a\": \x01}")
    elif mode == "wrongjson":
        body = b'{"revision": -1, "results": "yes", "extra": {}}'
        conn.sendall(JSON + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    elif mode == "empty":
        conn.sendall(JSON + b"Content-Length: 0\r\n\r\n")
    elif mode == "status500":
        body = b"<html>Internal Server Error</html>"
        conn.sendall(b"HTTP/1.1 500 Internal Server Error\r\n"
                     b"Content-Type: text/html\r\n"
                     b"Content-Length: %d\r\n\r\n" % len(body) + body)
    elif mode == "toolong":
        conn.sendall(JSON + b"Content-Length: 1073741824\r\n\r\n")
        while True:
            conn.sendall(b" " * 65536)
    elif mode == "endless":
        conn.sendall(JSON + b"Transfer-Encoding: chunked\r\n\r\n")
        while True:
            conn.sendall(b"4000\r\n" + b" " * 0x4000 + b"\r\n")
    elif mode == "bighead":
        conn.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            conn.sendall(b"X-Fill: " + b"x" * 8000 + b"\r\n")
    elif mode == "short":
        conn.sendall(JSON + b"Content-Length: 1000\r\n\r\n{\"revision\":")
    elif mode == "drip":
        conn.sendall(JSON + b"Content-Length: 100000\r\n\r\n")
        while True:
            conn.sendall(b" ")
            time.sleep(0.2)
    elif mode == "redirect":
        conn.sendall(b"HTTP/1.1 307 Temporary Redirect\r\n"
                     b"Location: https://127.0.0.1:1/\r\n"
                     b"Content-Length: 0\r\n\r\n")
    elif mode == "silenthttp":
        hold(conn)


def serve(mode, conn, context):
    try:
        if mode == "silent":
            hold(conn)
            return
        if mode == "rawgarbage":
            conn.sendall(b"220 mail.example.org ESMTP\r\n")
            return
        with context.wrap_socket(conn, server_side=True) as tls:
            if mode == "close":
                return
            if read_request(tls):
                answer(mode, tls)
    except OSError:
        pass
    finally:
        conn.close()


def main():
    mode, port, cert, key = sys.argv[1:5]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", int(port)))
    listener.listen(64)
    print("ready", flush=True)
    while True:
        conn, _ = listener.accept()
        threading.Thread(target=serve, args=(mode, conn, context),
                         daemon=True).start()


main()
