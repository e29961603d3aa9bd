"""The host's commands: what they print, what they refuse, and how."""
import base64
import http.client
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from service import (ALICE, LANYARDD, WAIT, Device, Keys, Service, Tap,
                     equal, finish, run, scratch)

tap = Tap()
top = scratch()
keys = Keys(os.path.join(top, "keys"))
service = Service(os.path.join(top, "service"))


def path(name):
    return os.path.join(top, name)


def write(name, text, mode=0o600):
    with open(path(name), "w") as f:
        f.write(text)
    os.chmod(path(name), mode)
    return path(name)


def fails(command, *args, said, status=1):
    got, text = service.run(command, *args, check=False)
    equal(got, status)
    for word in (said,) if isinstance(said, str) else said:
        if word not in text:
            raise AssertionError("%r not in %r" % (word, text))


def import_lines(*files, password=None, status=0, user=ALICE):
    args = ("--password-file", password or keys.password)
    if user:
        args += ("--user", user)
    got, text = service.run("import", *args, *files, check=False)
    equal(got, status)
    return text.splitlines()


@tap.test
def usage():
    """wrong arguments: status 2 and the usage"""
    equal(subprocess.run((LANYARDD,), capture_output=True).returncode, 2)
    p = subprocess.run((LANYARDD, "help"), capture_output=True, text=True)
    equal((p.returncode, "enroll-code" in p.stdout), (0, True))
    for args in (("nonsense",), ("user",), ("user", "add"),
                 ("user", "rename", "x@y.z"), ("key", "set", "12"),
                 ("device", "revoke"), ("audit", "burn"), ("import",),
                 ("enroll-code",), ("keys", "--colour"), ("init",),
                 ("keys", "--listen", "x"), ("serve", "now"),
                 ("keys", "--dir"), ("keyholder",), ("keyholder", "x")):
        p = subprocess.run((LANYARDD,) + args, capture_output=True,
                           stdin=subprocess.DEVNULL, timeout=WAIT)
        equal((args, p.returncode), (args, 2))


@tap.test
def no_service():
    """without a service: each command names the cure"""
    for command in ("serve", "keys", "import"):
        p = subprocess.run((LANYARDD, command, "--dir", path("none")) +
                           (("x.p12",) if command == "import" else ()),
                           capture_output=True, text=True)
        equal((p.returncode, "lanyardd init" in p.stderr), (1, True))
    for args in (("--listen", "localhost:1"), ("--listen", "0.0.0.0:0"),
                 ("--name", "a b"), ("--lease", "soon")):
        p = subprocess.run((LANYARDD, "init", path("bad")) + args,
                           capture_output=True, text=True)
        equal((p.returncode, os.path.exists(path("bad"))), (1, False))


@tap.test
def init():
    """init: files of mode 0600 in a folder of mode 0700, and what is next"""
    _, text = service.init("--lease", "7d", "--name", "localhost")
    for word in ("fingerprint", "user add", "serve --dir", "kek"):
        if word not in text:
            raise AssertionError(text)
    equal(os.stat(service.dir).st_mode & 0o777, 0o700)
    names = set(os.listdir(service.dir))
    equal(names >= {"service.db", "kek", "tls.crt", "tls.key",
                    "lanyardd.conf", "lanyardd.service"}, True)
    equal("init.pending" in names, False)
    for n in names:
        equal((n, os.stat(service.dir + "/" + n).st_mode & 0o777),
              (n, 0o600))
    run("openssl", "verify", "-x509_strict", "-CAfile",
        write("ca.pem", ca_pem()), service.dir + "/tls.crt")
    text = run("openssl", "x509", "-in", service.dir + "/tls.crt", "-noout",
               "-ext", "subjectAltName", text=True)
    equal("DNS:localhost" in text, True)


def ca_pem():
    """The CA, as discovery shows it."""
    service.start()
    c = http.client.HTTPSConnection(
        "127.0.0.1", service.port, context=ssl._create_unverified_context())
    c.request("GET", "/.well-known/lanyard")
    body = json.loads(c.getresponse().read())
    c.close()
    equal(service.stop(), 0)
    return ssl.DER_cert_to_PEM_cert(base64.b64decode(body["ca"]))


@tap.test
def users():
    """user: add, twice, list, disable; addresses in lower case"""
    service.run("user", "add", "Alice@Example.COM")
    fails("user", "add", ALICE, said="there already")
    for bad in ("alice", "a@b@c", "../x@y", "a/b@c", "@", ".a@b", "a\nb@c",
                "x" * 300 + "@y"):
        fails("user", "add", bad, said="lanyardd user: ")
    fails("user", "disable", "bob@example.com", said="user add")
    service.run("user", "disable", ALICE)
    _, text = service.run("user", "list", "--json")
    equal([(u["address"], u["disabled"], u["keys"]) for u in
           json.loads(text)], [(ALICE, True, 0)])
    service.run("user", "enable", ALICE)
    equal("no" in service.run("user", "list")[1], True)


@tap.test
def import_refusals():
    """import: what is refused is named, and the others are taken"""
    good = keys.make("good", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
    wrong = keys.make("wrong", "ED25519", usage="digitalSignature",
                      password="another")
    keys.make("other", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
    nokey = path("nokey.p12")
    run("openssl", "pkcs12", "-export", "-nokeys", "-in",
        keys.path("good.crt"), "-passout", "pass:secret", "-out", nokey)
    nocert = path("nocert.p12")
    run("openssl", "pkcs12", "-export", "-nocerts", "-inkey",
        keys.path("other.key"), "-passout", "pass:secret", "-out", nocert)
    junk = write("junk.p12", "this is no PKCS#12")
    small = keys.make("small", "RSA", "-pkeyopt", "rsa_keygen_bits:512")
    lines = import_lines(wrong, nokey, nocert, junk, path("absent.p12"),
                         small, good, status=1)
    equal(len(lines), 8)
    for line, (name, word) in zip(lines, (
            ("wrong.p12", "password"), ("nokey.p12", "key"),
            ("nocert.p12", "certificate"), ("junk.p12", "PKCS#12"),
            ("absent.p12", ""), ("small.p12", ""))):
        if name + ": refused: " not in line or word not in line:
            raise AssertionError(line)
    m = re.search(r"good\.p12: imported key=([0-9a-f]{32}) name=\"good\" "
                  r"email=alice@example\.com valid=\d{4}-\d\d-\d\d\.\.",
                  lines[6])
    equal(m.group(1), keys.id("good"))
    equal(lines[7], "lanyardd import: 6 of 7 files were refused")


@tap.test
def import_again():
    """import: duplicates merged; a renewed certificate is added"""
    good = keys.path("good.p12")
    equal("there already" in import_lines(good)[0], True)
    renewed = keys.make("renewed", key="good", usage="digitalSignature")
    equal("merged" in import_lines(renewed)[0], True)
    equal("there already" in import_lines(renewed, good)[0], True)
    _, text = service.run("keys", ALICE, "--json")
    equal([(k["key_id"], k["use"], k["delivery"]) for k in
           json.loads(text)],
          [(keys.id("good"), "sign,decrypt", "cached")])
    _, text = service.run("audit", "list", "--json")
    equal([r["detail"] for r in json.loads(text) if r["event"] == "import"],
          ["new key", "certificate added"])


@tap.test
def import_passwords():
    """import: a password for each file; a readable password file refused"""
    one = keys.make("p1", "ED25519", usage="digitalSignature",
                    password="first one")
    two = keys.make("p2", "ED25519", usage="digitalSignature",
                    password="gr\u00fc\u00dfe")
    three = keys.make("p3", "ED25519", usage="digitalSignature",
                      password="")
    both = write("both", "first one\r\ngr\u00fc\u00dfe\n\n")
    lines = import_lines(one, two, three, password=both)
    equal(["imported" in x for x in lines], [True] * 3)
    fails("import", "--password-file", both, one, two, said="has 3 lines")
    fails("import", "--password-file", write("open", "secret\n", 0o644), one,
          said="chmod")
    fails("import", one, said="no terminal")
    _, text = service.run("keys", "--json")
    remote = [k for k in json.loads(text) if k["delivery"] == "remote"]
    equal(len(remote), 3)


@tap.test
def import_address():
    """import: the certificate's address decides, or --user"""
    bob = keys.make("bob", "ED25519", usage="digitalSignature",
                    address="Bob@Example.com")
    lines = import_lines(bob, user=None, status=1)
    equal("lanyardd user add bob@example.com" in lines[0], True)
    service.run("user", "add", "bob@example.com")
    equal("imported" in import_lines(bob, user=None)[0], True)
    _, text = service.run("keys", "bob@example.com", "--json")
    equal([k["key_id"] for k in json.loads(text)], [keys.id("bob")])


@tap.test
def key_set():
    """key set: delivery and state; a stranger's key is none"""
    key = keys.id("good")
    service.run("key", "set", key, "--user", ALICE, "--delivery", "remote",
                "--state", "retired")
    _, text = service.run("keys", ALICE, "--json")
    got = [k for k in json.loads(text) if k["key_id"] == key][0]
    equal((got["delivery"], got["state"]), ("remote", "retired"))
    fails("key", "set", key, "--user", "bob@example.com", "--state",
          "current", said="has no key")
    fails("key", "set", key, "--user", ALICE, "--state", "burnt",
          said="--state", status=2)
    fails("device", "revoke", "00", said="device list")
    service.run("key", "set", key, "--user", ALICE, "--state", "current")


@tap.test
def configuration():
    """a configuration with a mistake: file, line, and where to look"""
    conf = service.dir + "/lanyardd.conf"
    with open(conf) as f:
        text = f.read()
    with open(conf, "a") as f:
        f.write("colour = red\n")
    n = len(text.splitlines()) + 1
    fails("serve", said=("lanyardd.conf:%d: unknown key \"colour\"" % n,
                         "lanyardd.conf(5)"))
    with open(conf, "w") as f:
        f.write(text)
    os.chmod(service.dir, 0o777)
    fails("serve", said="chmod")
    os.chmod(service.dir, 0o700)


@tap.test
def port_in_use():
    """a port that is taken: one clear line with the cure"""
    with open(service.dir + "/lanyardd.conf") as f:
        port = int(re.search(r"^listen = .*:(\d+)$", f.read(), re.M)
                   .group(1))
    with socket.socket() as s:
        s.bind(("127.0.0.1", port))
        s.listen()
        fails("serve", said=("lanyardd serve: cannot listen on 127.0.0.1 "
                             "port %d" % port, "\"listen\" in lanyardd.conf"))


@tap.test
def damaged():
    """a damaged or readable kek, a foreign one, a damaged database"""
    kek = service.dir + "/kek"
    with open(kek, "rb") as f:
        good = f.read()
    os.chmod(kek, 0o644)
    fails("serve", said=("kek", "chmod"))
    os.chmod(kek, 0o600)
    with open(kek, "wb") as f:
        f.write(good[:-1])
    fails("serve", said=("kek", "damaged"))
    with open(kek, "wb") as f:
        f.write(good[:9] + bytes(32))
    key = keys.path("p1.p12")
    lines = import_lines(key, status=1, password=write("p", "first one\n"))
    equal("refused" in lines[0], True)
    with open(kek, "wb") as f:
        f.write(good)
    os.rename(service.dir + "/service.db", path("db"))
    fails("keys", said="service.db")
    write("service/service.db", "no database")
    fails("keys", said="service.db")
    os.unlink(service.dir + "/service.db")
    os.rename(path("db"), service.dir + "/service.db")
    service.run("keys")


@tap.test
def swapped_rows():
    """a row moved to another mailbox in the database does not open"""
    folder = path("swapped")
    shutil.copytree(service.dir, folder)
    s = Service(folder)
    db = sqlite3.connect(folder + "/service.db")
    moved = (bytes.fromhex(keys.id("p1")),)
    db.execute("DELETE FROM cert WHERE key_id = ?", moved)
    db.execute("UPDATE key SET mailbox = (SELECT id FROM mailbox WHERE "
               "address = 'bob@example.com'), revision = 999 WHERE key_id = "
               "?", moved)
    db.commit()
    db.close()
    s.start()
    bob = Device(s, path("bob"))
    context = ssl._create_unverified_context()
    bob.context = lambda: (bob.cert and context.load_cert_chain(
        bob.cert, bob.path("auth.key")), context)[1]
    bob.enroll("bob@example.com")
    equal(bob.op(keys.id("p1"), "sign", "eddsa", b"text"), "failed")
    equal(len(bob.op(keys.id("bob"), "sign", "eddsa", b"text")), 64)
    equal(any("was changed" in x and keys.id("p1") in x
              for x in s.lines()), True)
    bob.close()
    equal(s.stop(), 0)


@tap.test
def passphrase():
    """a KEK under a passphrase: right, wrong, none"""
    s = Service(path("passphrase"))
    right = write("right", "correct horse\n")
    wrong = write("wrong", "correct house\n")
    s.init("--passphrase-file", right)
    with open(s.dir + "/kek", "rb") as f:
        kek = f.read()
    equal((kek[8], b"horse" in kek), (2, False))
    s.run("user", "add", ALICE)
    file = keys.path("good.p12")
    got, text = s.import_(keys, file, args=("--passphrase-file", wrong),
                          check=False)
    equal((got, "wrong passphrase" in text), (1, True))
    got, text = s.import_(keys, file, check=False)
    equal((got, "no terminal" in text), (1, True))
    s.import_(keys, file, args=("--passphrase-file", right))
    p = subprocess.run((LANYARDD, "serve", "--dir", s.dir,
                        "--passphrase-file", wrong), capture_output=True,
                       text=True, timeout=WAIT)
    equal((p.returncode, "wrong passphrase" in p.stderr), (1, True))
    s.start("--passphrase-file", right)
    d = Device(s, path("d")).enroll()
    equal(d.request("GET", "/lanyard/1/keys")[0], 200)
    d.close()
    equal(s.stop(), 0)


@tap.test
def renewal():
    """a TLS certificate that ends soon, or has another name, is renewed"""
    cert = service.dir + "/tls.crt"
    with open(cert) as f:
        before = f.read()
    service.start()
    equal(service.stop(), 0)
    with open(cert) as f:
        equal(f.read(), before)     # a good one is left alone
    conf = service.dir + "/lanyardd.conf"
    with open(conf) as f:
        text = f.read()
    with open(conf, "w") as f:
        f.write(text.replace("name = localhost", "name = 127.0.0.1"))
    service.start()
    d = Device(service, path("renewed")).enroll()
    equal(d.request("GET", "/lanyard/1/keys")[0], 200)
    d.close()
    equal(service.stop(), 0)
    equal(any("renewed the TLS certificate" in x for x in service.lines()),
          True)


@tap.test
def signals():
    """SIGHUP reloads nothing, and says so; SIGPIPE and a closed log pass"""
    service.start()
    os.kill(service.process.pid, signal.SIGHUP)
    os.kill(service.process.pid, signal.SIGPIPE)
    d = Device(service, path("renewed"))
    equal(d.request("GET", "/.well-known/lanyard")[0], 200)
    d.close()
    equal(service.stop(), 0)
    equal(any("SIGHUP" in x for x in service.lines()), True)


finish(top, tap.main(), service)
