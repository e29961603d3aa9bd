"""A real lanyardd on a free loopback port, and a TLS client for it.

Python's standard library and the openssl program only. What checks the
results is openssl, never our own code.
"""
import base64
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

SRC = os.environ.get("top_srcdir", ".")
BUILD = os.environ.get("top_builddir", "build")
LANYARDD = os.path.join(BUILD, "server", "lanyardd")
SEALER = os.path.join(BUILD, "tests", "server", "sealer")
FAULT = os.path.join(BUILD, ".libs", "fault.so")
SANITIZED = os.environ.get("LY_SANITIZE", "no") != "no"
WAIT = 60  # seconds until a condition counts as never coming
ALICE = "alice@example.com"


def run(*args, check=True, stdin=None, env=None, text=False):
    """Run a program; its output, or its failure with what it said."""
    p = subprocess.run(args, input=stdin, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, env=env)
    if check and p.returncode != 0:
        raise AssertionError("%s: %d: %s%s" % (
            " ".join(map(str, args)), p.returncode,
            p.stdout.decode(errors="replace"),
            p.stderr.decode(errors="replace")))
    return p.stdout.decode() if text else p.stdout


def wait_for(what, condition):
    end = time.monotonic() + WAIT
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("never came: " + what)
        time.sleep(0.02)


def b64(data):
    return base64.b64encode(data).decode()


class Keys:
    """Keys and PKCS#12 files by openssl, in a folder."""

    def __init__(self, folder):
        self.dir = folder
        os.makedirs(folder, exist_ok=True)
        self.password = self.path("password")
        with open(self.password, "w") as f:
            f.write("secret\n")
        os.chmod(self.password, 0o600)

    def path(self, name):
        return os.path.join(self.dir, name)

    def make(self, name, *alg, usage="digitalSignature,keyEncipherment",
             expired=False, address=ALICE, password="secret", key=None):
        """name.key, name.crt, name.p12; the p12's path."""
        if key is None:
            run("openssl", "genpkey", "-out", self.path(name + ".key"),
                "-algorithm", *alg)
        else:
            shutil.copy(self.path(key + ".key"), self.path(name + ".key"))
        with open(self.path(name + ".ext"), "w") as f:
            f.write("[ext]\nkeyUsage=critical,%s\n"
                    "basicConstraints=critical,CA:FALSE\n"
                    "subjectAltName=email:%s\n" % (usage, address))
        self.sign(name, expired)
        run("openssl", "pkcs12", "-export", "-inkey",
            self.path(name + ".key"), "-in", self.path(name + ".crt"),
            "-certfile", self.path("ca.crt"),
            "-passout", "pass:" + password, "-out", self.path(name + ".p12"))
        return self.path(name + ".p12")

    def ca(self):
        if os.path.exists(self.path("ca.crt")):
            return
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
            "-keyout", self.path("ca.key"), "-out", self.path("ca.crt"),
            "-days", "3650", "-subj", "/CN=Test CA")
        open(self.path("index.txt"), "w").close()
        with open(self.path("ca.cnf"), "w") as f:
            f.write("[ca]\ndefault_ca=d\n[d]\ndatabase=%s\n"
                    "new_certs_dir=%s\nrand_serial=yes\n"
                    "default_md=sha256\npolicy=p\nunique_subject=no\n"
                    "[p]\ncommonName=supplied\n"
                    % (self.path("index.txt"), self.dir))

    def sign(self, name, expired):
        self.ca()
        pub = run("openssl", "pkey", "-in", self.path(name + ".key"),
                  "-pubout")
        with open(self.path(name + ".pub"), "wb") as f:
            f.write(pub)
        if expired:
            run("openssl", "req", "-new", "-key", self.path(name + ".key"),
                "-subj", "/CN=" + name, "-out", self.path(name + ".csr"))
            run("openssl", "ca", "-batch", "-notext", "-config",
                self.path("ca.cnf"), "-in", self.path(name + ".csr"),
                "-cert", self.path("ca.crt"), "-keyfile",
                self.path("ca.key"), "-startdate", "20200101000000Z",
                "-enddate", "20210101000000Z", "-extfile",
                self.path(name + ".ext"), "-extensions", "ext", "-out",
                self.path(name + ".crt"))
            return
        # The request is another key's: X25519 signs none of its own.
        run("openssl", "req", "-new", "-key", self.path("ca.key"), "-subj",
            "/CN=" + name, "-out", self.path(name + ".csr"))
        run("openssl", "x509", "-req", "-in", self.path(name + ".csr"),
            "-force_pubkey", self.path(name + ".pub"), "-CA",
            self.path("ca.crt"), "-CAkey", self.path("ca.key"),
            "-CAcreateserial", "-days", "365", "-extfile",
            self.path(name + ".ext"), "-extensions", "ext", "-out",
            self.path(name + ".crt"))

    def der(self, name):
        return run("openssl", "x509", "-in", self.path(name + ".crt"),
                   "-outform", "DER")

    def id(self, name):
        spki = run("openssl", "pkey", "-pubin", "-in",
                   self.path(name + ".pub"), "-outform", "DER")
        return run("openssl", "dgst", "-sha256", "-binary",
                   stdin=spki).hex()[:32]


class Service:
    def __init__(self, folder):
        self.dir = folder
        self.process = None
        self.url = None
        self.log = folder + ".log"
        self.out = folder + ".out"

    def run(self, command, *args, check=True, env=None):
        """A host command: (status, output with what it complained)."""
        where = () if command == "init" else ("--dir", self.dir)
        p = subprocess.run((LANYARDD, command) + where + args,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           stdin=subprocess.DEVNULL, env=env,
                           start_new_session=True)  # no terminal to ask on
        text = p.stdout.decode(errors="replace")
        if check and p.returncode != 0:
            raise AssertionError("%s: %d: %s" % (command, p.returncode,
                                                 text))
        return p.returncode, text

    def init(self, *args):
        return self.run("init", self.dir, "--listen", "127.0.0.1:0", *args)

    def import_(self, keys, *files, check=True, user=ALICE, args=(),
                env=None):
        return self.run("import", "--user", user, "--password-file",
                        keys.password, *args, *files, check=check, env=env)

    def start(self, *args, env=None):
        open(self.out, "w").close()
        self.process = subprocess.Popen(
            (LANYARDD, "serve", "--dir", self.dir) + args,
            stdin=subprocess.DEVNULL, stdout=open(self.out, "a"),
            stderr=open(self.log, "a"), env=env)
        wait_for("ready", lambda: "ready " in self.output() or
                 self.process.poll() is not None)
        m = re.search(r"^ready https://(.*):(\d+)$", self.output(), re.M)
        if m is None:
            raise AssertionError("not started: " + self.lines()[-1])
        self.host, self.port = m.group(1), int(m.group(2))

    def output(self):
        with open(self.out) as f:
            return f.read()

    def lines(self):
        with open(self.log) as f:
            return f.read().splitlines()

    def keyholder(self):
        return int(run("pgrep", "-P", str(self.process.pid)))

    def stop(self, sig=signal.SIGTERM):
        if self.process is None:
            return None
        self.process.send_signal(sig)
        status = self.process.wait(WAIT)
        self.process = None
        return status


class Device:
    """A client; with keys and certificates once it is enrolled."""

    def __init__(self, service, folder):
        self.service = service
        self.dir = folder
        os.makedirs(folder, exist_ok=True)
        self.connection = None
        self.cert = None

    def path(self, name):
        return os.path.join(self.dir, name)

    def context(self):
        c = ssl.create_default_context(
            cafile=os.path.join(self.service.dir, "tls.crt"))
        c.minimum_version = ssl.TLSVersion.TLSv1_3
        c.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        if self.cert is not None:
            c.load_cert_chain(self.cert, self.path("auth.key"))
        return c

    def connect(self):
        """Always to loopback: a bare root has no /etc/hosts."""
        c = http.client.HTTPSConnection(
            self.service.host, self.service.port, context=self.context(),
            timeout=WAIT)
        c._create_connection = lambda address, *rest: (
            socket.create_connection(("127.0.0.1", address[1]), *rest))
        return c

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def request(self, method, path, body=None, headers=None, raw=False):
        """(status, headers, body): JSON decoded where it is JSON."""
        if self.connection is None:
            self.connection = self.connect()
        h = dict(headers or {})
        if body is not None:
            if not raw:
                body = json.dumps(body).encode()
            h.setdefault("Content-Type", "application/json")
        self.connection.request(method, path, body, h)
        r = self.connection.getresponse()
        data = r.read()
        if r.getheader("Connection") == "close":
            self.close()
        kind = r.getheader("Content-Type") or ""
        if "json" in kind and data:
            return r.status, r, json.loads(data)
        return r.status, r, data

    def problem(self, *args, **kw):
        """Status and code of a request that must fail."""
        status, r, body = self.request(*args, **kw)
        if r.getheader("Content-Type") != "application/problem+json":
            return status, None
        return status, body["code"]

    def make_keys(self):
        for name in ("auth", "recv"):
            run("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-out", self.path(name + ".key"))
            run("openssl", "req", "-new", "-key", self.path(name + ".key"),
                "-subj", "/CN=test", "-outform", "DER", "-out",
                self.path(name + ".csr"))

    def enroll_body(self, code, address=ALICE):
        def csr(name):
            with open(self.path(name + ".csr"), "rb") as f:
                return b64(f.read())
        return {"address": address, "code": code, "name": "test machine",
                "platform": "test", "auth_csr": csr("auth"),
                "recv_csr": csr("recv")}

    def take(self, answer):
        for name in ("auth_cert", "recv_cert", "ca"):
            pem = ssl.DER_cert_to_PEM_cert(base64.b64decode(answer[name]))
            with open(self.path(name + ".pem"), "w") as f:
                f.write(pem)
        self.cert = self.path("auth_cert.pem")
        self.id = answer["device_id"]
        self.close()

    def enroll(self, address=ALICE):
        _, out = self.service.run("enroll-code", address, "--json")
        self.make_keys()
        status, _, answer = self.request(
            "POST", "/lanyard/1/enroll",
            self.enroll_body(json.loads(out)["code"], address))
        if status != 200:
            raise AssertionError("enrol: %d %s" % (status, answer))
        self.take(answer)
        return self

    def ops(self, *items):
        status, r, body = self.request("POST", "/lanyard/1/ops",
                                       {"items": list(items)})
        if status != 200:
            raise AssertionError("ops: %d %s" % (status, body))
        return body["items"]

    def op(self, key_id, op, scheme, data, **more):
        """One operation: its result, or the code of its error as text."""
        item = dict(ref=7, key_id=key_id, op=op, scheme=scheme,
                    data=b64(data), **more)
        got = self.ops(item)[0]
        if "error" in got:
            return got["error"]
        return base64.b64decode(got["result"])


class Tap:
    """Tests are functions; each is one TAP line."""

    def __init__(self):
        self.tests = []

    def test(self, f):
        self.tests.append(f)
        return f

    def main(self, *args):
        failed = 0
        print("1..%d" % len(self.tests), flush=True)
        for n, f in enumerate(self.tests, 1):
            name = (f.__doc__ or f.__name__).strip().splitlines()[0]
            try:
                skip = f(*args)
                print("ok %d - %s%s" % (
                    n, name, " # SKIP " + skip if skip else ""), flush=True)
            except Exception as e:  # each failure is a line, not the end
                failed += 1
                print("not ok %d - %s" % (n, name))
                print("# " + repr(e).replace("\\n", "\n# "), flush=True)
                if os.environ.get("V"):
                    import traceback
                    traceback.print_exc()
        return failed


def equal(got, want):
    if got != want:
        raise AssertionError("got %r, want %r" % (got, want))


def scratch():
    d = tempfile.mkdtemp(prefix="lanyardd-")
    os.chmod(d, 0o700)
    return d


def finish(folder, failed, *services):
    for s in services:
        s.stop()
    if failed == 0 or not os.environ.get("KEEP"):
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if failed else 0)
