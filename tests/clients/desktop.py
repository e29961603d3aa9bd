"""A display of its own for the test: Xvfb, and screenshots as PNG.

Xvfb picks a free display number and keeps its picture in a file in the
XWD format, which is turned to PNG here: no window tools are needed, and a
modal prompt is in the picture too.
"""

import os
import select
import struct
import subprocess
import time
import zlib

# The program ends when the test does, even when that is killed.
WITH_PARENT = ["setpriv", "--pdeathsig", "TERM"]
SETTLE = 4  # seconds at most until a picture is taken as it is


class Desktop:
    def __init__(self, folder, width=1280, height=1000):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        out, put = os.pipe()
        with open(os.path.join(folder, "xvfb.log"), "wb") as log:
            self.process = subprocess.Popen(
                WITH_PARENT + ["Xvfb", "-displayfd", str(put),
                               "-nolisten", "tcp", "-screen", "0",
                               "%dx%dx24" % (width, height),
                               "-fbdir", folder],
                pass_fds=[put], stdout=log, stderr=log)
        os.close(put)
        number = read_line(out, 60)
        os.close(out)
        if not number:
            self.stop()
            raise RuntimeError("Xvfb did not start, see its log")
        self.display = ":" + number

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def screenshot(self, path):
        with open(path, "wb") as f:
            f.write(png_from_xwd(self.settled()))

    def settled(self):
        """The picture once it has stood still, or the last one seen."""
        before, same = b"", 0
        end = time.monotonic() + SETTLE
        while same < 3 and time.monotonic() < end:
            time.sleep(0.1)
            with open(os.path.join(self.folder, "Xvfb_screen0"), "rb") as f:
                picture = f.read()
            same = same + 1 if picture == before else 0
            before = picture
        return before


def read_line(fd, seconds):
    """A whole line from a pipe; empty when it ends or takes too long."""
    line = b""
    while not line.endswith(b"\n"):
        ready, _, _ = select.select([fd], [], [], seconds)
        got = os.read(fd, 16) if ready else b""
        if not got:
            return ""
        line += got
    return line.decode().strip()


def png_from_xwd(data):
    """A PNG from an XWD picture of 32-bit little-endian BGRX pixels."""
    head = struct.unpack(">25I", data[:100])
    size, width, height, bits, stride, colours = (
        head[0], head[4], head[5], head[11], head[12], head[19])
    if bits != 32:
        raise ValueError("the display does not have 32-bit pixels")
    start = size + colours * 12
    rows = bytearray()
    for y in range(height):
        line = data[start + y * stride:start + y * stride + width * 4]
        row = bytearray(width * 3)
        row[0::3], row[1::3], row[2::3] = line[2::4], line[1::4], line[0::4]
        rows += b"\0" + row
    return (b"\x89PNG\r\n\x1a\n" +
            chunk(b"IHDR", struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(bytes(rows), 6))
            + chunk(b"IEND", b""))


def chunk(kind, body):
    return (struct.pack(">I", len(body)) + kind + body +
            struct.pack(">I", zlib.crc32(kind + body)))
