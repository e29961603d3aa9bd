"""kill -9 and a full disk at every write of init and import, and in serve.

What was reported is there, the rest is not, and running it again completes
it. The faults come from fault.c by LD_PRELOAD.
"""
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from service import (ALICE, FAULT, LANYARDD, SANITIZED, Device, Keys,
                     Service, Tap, equal, finish, run, scratch, wait_for)

tap = Tap()
top = scratch()
keys = Keys(os.path.join(top, "keys"))
FILES = []
POINTS = 200    # more calls than any command makes


def fault_env(what):
    env = dict(os.environ, LD_PRELOAD=FAULT, LY_FAULT=what)
    if SANITIZED:
        env["ASAN_OPTIONS"] = "verify_asan_link_order=0:detect_leaks=0"
    return env


def each_point(step=1):
    """1, 2, 3, ... each; under a sanitizer, where all is slow, fewer."""
    return range(1, POINTS, 5 * step if SANITIZED else step)


def new_service(name):
    s = Service(os.path.join(top, name))
    s.init()
    s.run("user", "add", ALICE)
    return s


def ids(service):
    return {k["key_id"] for k in
            json.loads(service.run("keys", ALICE, "--json")[1])}


def reported(text):
    return set(re.findall(r": (?:imported|merged|there already) "
                          r"key=([0-9a-f]{32})", text))


def check_import(template, name, fault):
    """One import with a fault; True while the fault still hit."""
    folder = os.path.join(top, name)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template.dir, folder)
    s = Service(folder)
    status, text = s.import_(keys, *FILES, check=False, env=fault_env(fault))
    acknowledged = reported(text)
    there = ids(s)
    if not acknowledged <= there:
        raise AssertionError("%s: acknowledged and lost: %s" % (fault, text))
    if status != 0 and len(there - acknowledged) > 1:
        raise AssertionError("%s: more than one unreported" % fault)
    equal("unbroken" in s.run("audit", "verify")[1], True)
    imports = [r["object"] for r in json.loads(
        s.run("audit", "list", ALICE, "--json")[1])
        if r["event"] == "import"]
    equal(sorted(imports), sorted(there))
    _, text = s.import_(keys, *FILES)
    equal(reported(text), ALL)
    equal(ids(s), ALL)
    return status != 0


@tap.test
def import_killed():
    """import: kill -9 at every write; again completes it"""
    template = new_service("template")
    for n in each_point():
        if not check_import(template, "killed", "kill=%d" % n):
            break
    else:
        raise AssertionError("the faults never ended")
    if n < 10:
        raise AssertionError("only %d points" % n)


@tap.test
def import_disk_full():
    """import: a disk that is full from any write on; refused by name"""
    template = new_service("template2")
    for n in each_point(2):
        if not check_import(template, "full", "full=%d" % n):
            break
    else:
        raise AssertionError("the faults never ended")


def check_init(fault):
    folder = os.path.join(top, "init")
    shutil.rmtree(folder, ignore_errors=True)
    s = Service(folder)
    p = subprocess.run((LANYARDD, "init", folder, "--listen",
                        "127.0.0.1:0"), env=fault_env(fault),
                       capture_output=True)
    if p.returncode != 0:
        status, text = s.run("user", "list", check=False)
        if status == 0 and os.path.exists(folder + "/init.pending"):
            raise AssertionError(fault + ": half a service is usable")
        if status != 0:
            s.init()    # again, on what the first one left
    s.run("user", "add", ALICE)
    s.import_(keys, FILES[0])
    equal(os.path.exists(folder + "/init.pending"), False)
    for path in glob.glob(folder + "/*"):
        equal((path, os.stat(path).st_mode & 0o077), (path, 0))
    return p.returncode != 0


@tap.test
def init_killed():
    """init: kill -9 at every write; again makes a whole service"""
    for n in each_point():
        if not check_init("kill=%d" % n):
            break
    else:
        raise AssertionError("the faults never ended")
    if n < 10:
        raise AssertionError("only %d points" % n)


@tap.test
def init_disk_full():
    """init: a full disk at any write"""
    for n in each_point(2):
        if not check_init("full=%d" % n):
            break
    else:
        raise AssertionError("the faults never ended")


@tap.test
def init_refuses():
    """init refuses a folder in use, and touches nothing in it"""
    s = new_service("used")
    before = {p: os.stat(p).st_mtime_ns for p in glob.glob(s.dir + "/*")}
    status, text = s.run("init", s.dir, check=False)
    equal((status, "in use" in text), (1, True))
    equal({p: os.stat(p).st_mtime_ns for p in glob.glob(s.dir + "/*")},
          before)
    other = os.path.join(top, "other")
    os.mkdir(other, 0o700)
    with open(other + "/mine", "w") as f:
        f.write("mine")
    status, text = Service(other).run("init", other, check=False)
    equal((status, os.listdir(other)), (1, ["mine"]))
    with open(other + "/mine") as f:
        equal(f.read(), "mine")
    os.mkdir(os.path.join(top, "open"), 0o700)
    os.chmod(os.path.join(top, "open"), 0o777)
    status, text = s.run("init", os.path.join(top, "open"), check=False)
    equal((status, "chmod" in text), (1, True))


@tap.test
def serve_disk_full():
    """serve on a full disk: 503, nothing done unseen; then it goes on"""
    s = new_service("serve")
    s.import_(keys, *FILES, args=("--delivery", "cached"))
    s.start()
    d = Device(s, os.path.join(top, "device")).enroll()
    key = keys.id("one")
    equal(len(d.op(key, "sign", "ecdsa", b"\x01" * 32)), 64)

    def records():
        return len(json.loads(s.run("audit", "list", "--json")[1]))

    def limit(value):
        run("prlimit", "--pid", str(s.process.pid), "--fsize=" + value)

    def one():
        return d.request("POST", "/lanyard/1/ops", {"items": [dict(
            ref=1, key_id=key, op="sign", scheme="ecdsa",
            data="AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=")]})
    limit("1:")
    wait_for("503", lambda: one()[0] == 503)
    status, r, body = one()
    equal((status, body["code"]), (503, "busy"))
    equal(int(r.getheader("Retry-After")) > 0, True)
    equal(d.problem("GET", "/lanyard/1/sealed/" + key)[0], 503)
    equal(d.request("GET", "/lanyard/1/keys")[0], 200)
    limit("unlimited:")
    wait_for("recovery", lambda: one()[0] == 200)
    equal("unbroken" in s.run("audit", "verify")[1], True)
    equal(any("audit: cannot write" in x or "audit: records are written "
              "again" in x for x in s.lines()), True)
    n = records()
    equal(one()[0], 200)
    wait_for("the record", lambda: records() > n)
    equal(s.stop(), 0)


@tap.test
def serve_killed():
    """serve: kill -9 under load; every revocation answered is there"""
    s = new_service("load")
    s.import_(keys, *FILES)
    s.start()
    d = Device(s, os.path.join(top, "device2")).enroll()
    others = [Device(s, os.path.join(top, "o%d" % n)).enroll()
              for n in range(3)]
    gone = []
    for o in others:
        equal(d.request("DELETE", "/lanyard/1/devices/" + o.id)[0], 204)
        gone.append(o.id)
        if len(gone) == 2:
            break
    pid = s.keyholder()
    s.stop(signal.SIGKILL)
    wait_for("the keyholder's end",
             lambda: not os.path.exists("/proc/%d/fd" % pid) or
             "Z" in open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1])
    s.start()
    d.close()
    _, _, body = d.request("GET", "/lanyard/1/devices")
    equal(sorted(x["device_id"] for x in body["devices"] if x["revoked"]),
          sorted(gone))
    equal("unbroken" in s.run("audit", "verify")[1], True)
    equal(s.stop(), 0)


if not os.path.exists(FAULT):
    print("1..0 # SKIP no " + FAULT)
    sys.exit(0)
for name, alg in (("one", ("EC", "-pkeyopt", "ec_paramgen_curve:P-256")),
                  ("two", ("ED25519",))):
    FILES.append(keys.make(name, *alg, usage="digitalSignature"))
ALL = {keys.id("one"), keys.id("two")}
finish(top, tap.main())
