#!/usr/bin/python3
"""A PDF without anything in it, and what a signature in one covers.

    pdf.py make FILE            write the PDF
    pdf.py split FILE CONTENT SIGNATURE
                                the signed bytes, and the CMS over them
"""
import re
import sys


def make(path):
    body = b"%PDF-1.4\n"
    offsets = []
    for i, text in enumerate((
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] >>"), 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (i, text)
    table = b"".join(b"%010d 00000 n \n" % o for o in offsets)
    body += (b"xref\n0 4\n0000000000 65535 f \n%strailer\n"
             b"<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
             % (table, len(body)))
    with open(path, "wb") as out:
        out.write(body)


def split(path, content, signature):
    with open(path, "rb") as pdf:
        data = pdf.read()
    found = re.search(rb"/ByteRange\s*\[\s*" + rb"\s+".join(
        [rb"(\d+)"] * 4), data)
    a, alen, b, blen = (int(n) for n in found.groups())
    hexed = data[a + alen:b].strip(b"<>")
    with open(content, "wb") as out:
        out.write(data[a:a + alen] + data[b:b + blen])
    der = bytes.fromhex(hexed.decode())
    # Zeros fill the field; the CMS in front of them says where it ends.
    with open(signature, "wb") as out:
        out.write(der)


{"make": make, "split": split}[sys.argv[1]](*sys.argv[2:])
