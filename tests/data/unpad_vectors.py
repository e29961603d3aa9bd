#!/usr/bin/env python3
"""Known answers for common/unpad.c, by a second, plain implementation of
draft-irtf-cfrg-rsa-guidance-04 7.2. Its output is unpad_vectors.txt."""
import hashlib
import hmac


def mac(key, msg):
    return hmac.new(key, msg, hashlib.sha256).digest()


def prf(kdk, label, length):
    out, i = b"", 0
    while len(out) < length:
        out += mac(kdk, i.to_bytes(2, "big") + label +
                   (8 * length).to_bytes(2, "big"))
        i += 1
    return out[:length]


def synthetic(kdk, k):
    limit = k - 10
    mask = (1 << limit.bit_length()) - 1
    lengths = prf(kdk, b"length", 256)
    fits = [c for c in (int.from_bytes(lengths[i:i + 2], "big") & mask
                        for i in range(0, 256, 2)) if c < limit]
    n = fits[-1] if fits else 0
    message = prf(kdk, b"message", k)
    return message[k - n:]


def unpad(em, kdk):
    zero = em.find(b"\0", 2)
    if em[0] == 0 and em[1] == 2 and zero >= 10:
        return em[zero + 1:]
    return synthetic(kdk, len(em))


def stream(seed, n):
    """n bytes without a zero."""
    out, i = b"", 0
    while len(out) < n:
        out += bytes(b for b in hashlib.sha256(
            b"%s %d" % (seed, i)).digest() if b != 0)
        i += 1
    return out[:n]


def cases(k):
    s = stream(b"em %d" % k, k)
    good = b"\0\2" + s[2:k - 17] + b"\0" + s[k - 16:]
    yield "good", good
    yield "empty message", b"\0\2" + s[2:k - 1] + b"\0"
    yield "shortest padding", b"\0\2" + s[2:10] + b"\0" + s[11:]
    yield "padding of seven", b"\0\2" + s[2:9] + b"\0" + s[10:]
    yield "zero at once", b"\0\2\0" + s[3:]
    yield "no zero", b"\0\2" + s[2:]
    yield "first byte", b"\1" + good[1:]
    yield "type 1", b"\0\1" + good[2:]
    yield "type 3", b"\0\3" + good[2:]
    yield "high bit of type", b"\0\x82" + good[2:]
    yield "all zero", bytes(k)
    yield "nothing right", s
    yield "zeros in the message", b"\0\2" + s[2:k - 17] + bytes(17)


def main():
    dh = hashlib.sha256(b"private exponent").digest()
    print("# dh, ciphertext, block, message; by tests/data/unpad_vectors.py")
    for k in (64, 128, 129, 256):
        for i, (name, em) in enumerate(cases(k)):
            ct = stream(b"ct %d %d" % (k, i), k)
            print("# k = %d, %s" % (k, name))
            for part in (dh, ct, em, unpad(em, mac(dh, ct))):
                print("=" + part.hex())


main()
