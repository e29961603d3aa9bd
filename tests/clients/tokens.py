"""The token under test: lanyard by tests/rig, or SoftHSM for comparison.

Each has a module, a label, a PIN (None for a zero-click account) and the
environment that the client process needs to find its keys.
"""

import glob
import json
import os
import shlex
import subprocess
from dataclasses import dataclass

from desktop import WITH_PARENT
from mails import PASSWORD

CLIENT = "/usr/lib/*/pkcs11/p11-kit-client.so"
SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"


def call(args, env=None):
    done = subprocess.run(args, capture_output=True, stdin=subprocess.DEVNULL,
                          env=dict(os.environ, **(env or {})))
    if done.returncode:
        raise RuntimeError("%s: %s" % (
            " ".join(args[:2]),
            (done.stderr or done.stdout).decode(errors="replace").strip()))
    return done.stdout.decode(errors="replace")


@dataclass
class Account:
    """One more token of the same module: its label is the address."""

    label: str
    pin: str


class SoftHSM:
    """The same keys in a plain software token, which always wants a PIN."""

    name = "SoftHSM"
    lacks = ("oaep", "kdf")
    most_prompts = 20  # its certificates are only seen after a login

    def __init__(self, folder, mails, pin, *_):
        self.folder, self.mails = folder, mails
        self.module, self.label, self.pin = SOFTHSM, "SoftHSM", pin

    def up(self, people, _):
        os.makedirs(os.path.join(self.folder, "tokens"))
        conf = os.path.join(self.folder, "softhsm2.conf")
        with open(conf, "w") as f:
            f.write("directories.tokendir = %s/tokens\n"
                    "objectstore.backend = file\n"
                    "log.level = ERROR\n" % self.folder)
        self.environment = {"SOFTHSM2_CONF": conf}
        call(["softhsm2-util", "--init-token", "--free", "--label",
              self.label, "--pin", self.pin, "--so-pin", self.pin],
             self.environment)
        for number, name in enumerate(people, 1):
            self.put(self.mails, name, "%02x" % number)

    def put(self, mails, name, key_id):
        mails.openssl("pkcs8", "-topk8", "-nocrypt", "-outform", "DER",
                      "-in", name + ".key", "-out", name + ".p8")
        mails.openssl("x509", "-in", name + ".crt", "-outform", "DER",
                      "-out", name + ".der")
        mails.openssl("pkey", "-in", name + ".key", "-pubout", "-outform",
                      "DER", "-out", name + ".pub")
        for kind, end in (("privkey", "p8"), ("pubkey", "pub"),
                          ("cert", "der")):
            call(["pkcs11-tool", "--module", self.module, "--login", "--pin",
                  self.pin, "--write-object",
                  mails.path("%s.%s" % (name, end)), "--type", kind, "--id",
                  key_id, "--label", name, "--usage-sign", "--usage-decrypt",
                  "--usage-derive"], self.environment)

    @staticmethod
    def can(plan):
        return plan.pin is not None and plan.registration == "modutil"

    def register(self, profile, _):
        profile.add_module(self.name, self.module)

    def down(self):
        pass


class Lanyard:
    """A private service with an enrolled device, by tests/rig."""

    name = "lanyard"
    lacks = ()
    most_prompts = 3

    def __init__(self, folder, mails, pin, delivery, address):
        self.folder, self.mails, self.pin = folder, mails, pin
        self.delivery, self.address, self.second = delivery, address, None
        self.server = None

    def up(self, people, settings):
        unlock = ["--pin", self.pin] if self.pin else ["--unlock", "none"]
        self.rig("up", self.folder, *unlock, "--delivery", self.delivery,
                 "--address", self.address,
                 *("%s:%s" % (self.mails.path(name + ".p12"), PASSWORD)
                   for name in people))
        values = self.read_env()
        self.module, self.label = values.pop("MODULE"), values.pop("TOKEN")
        values.pop("PIN", None)
        self.environment = values
        with open(os.path.join(self.folder, "lanyard.conf"), "a") as f:
            f.write(settings + "\n")

    @staticmethod
    def can(plan):
        return True

    @staticmethod
    def rig(command, *args):
        return call([os.path.join(os.environ.get("top_srcdir", "."), "tests",
                                  "rig"), command, *args])

    def read_env(self):
        """The assignments of the rig's environment file, in shell syntax."""
        values = {}
        with open(os.path.join(self.folder, "env")) as f:
            for word in shlex.split(f.read(), comments=True):
                name, sign, value = word.partition("=")
                if sign:
                    values[name] = value
        return values

    def tool(self, *args):
        """The user's tool, lanyard."""
        return call([os.path.join(os.environ["top_builddir"], "cli",
                                  "lanyard"), *args], self.environment)

    def host(self, command, *args):
        """A command of the service's host."""
        return call([os.path.join(os.environ["top_builddir"], "server",
                                  "lanyardd"), command, "--dir",
                     os.path.join(self.folder, "service"), *args])

    def secret(self, name, text):
        """A file that holds a PIN, a code or a password."""
        path = os.path.join(self.folder, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC,
                          0o600), "w") as f:
            f.write(text + "\n")
        return path

    def register(self, profile, how):
        if how == "lanyard":
            self.tool("register", "--module", self.module, profile.folder)
        elif how == "policy":
            self.tool("register", "--module", self.module,
                      profile.policies_file())
        elif how == "socket":
            self.serve()
            profile.add_module(self.name, glob.glob(CLIENT)[0])
        else:
            profile.add_module(self.name, self.module)
        if how == "second":
            self.second = self.add_account("dave@example.com", "dave",
                                           "another-pin-9")

    def serve(self):
        """The token behind a socket, by the installed unit's command."""
        with open(os.path.join(os.environ["top_builddir"], "config",
                               "lanyard-token@.service")) as f:
            start = [line.partition("=")[2].split() for line in f
                     if line.startswith("ExecStart=")][0]
        path = os.path.join(self.folder, "socket")
        env = dict(os.environ, **self.environment)
        self.server = subprocess.Popen(
            WITH_PARENT + ["systemd-socket-activate", "--listen=" + path,
                           "--accept", "--inetd"] +
            ["--setenv=" + name for name in self.environment] +
            start[:-1] + [self.module],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env=env)
        self.environment["P11_KIT_SERVER_ADDRESS"] = "unix:path=" + path

    def add_key(self, mails, name, address=None):
        self.host("import", "--user", address or self.address,
                  "--password-file", self.secret("password", PASSWORD),
                  mails.path(name + ".p12"))

    def add_account(self, address, name, pin):
        """A second mailbox of the same service on this device."""
        self.host("user", "add", address)
        self.add_key(self.mails, name, address)
        code = json.loads(self.host("enroll-code", address, "--json"))
        with open(os.path.join(self.folder, "service.url")) as f:
            url = f.read().strip()
        self.tool("enroll", address, "--service", url, "--code-file",
                  self.secret("code", code["code"]), "--fingerprint",
                  code["fingerprint"], "--pin-file",
                  self.secret("second-pin", pin))
        return Account(address, pin)

    def sync(self):
        pin = ["--pin-file", self.secret("pin", self.pin)] if self.pin else []
        self.tool("sync", *pin)

    def port(self):
        with open(os.path.join(self.folder, "service.url")) as f:
            return int(f.read().strip().rstrip("/").rpartition(":")[2])

    def operations(self):
        """How many requests for private-key operations the service saw."""
        with open(os.path.join(self.folder, "service.log")) as f:
            return f.read().count(" path=/lanyard/1/ops ")

    def stop_service(self):
        self.rig("stop-service", self.folder)

    def start_service(self):
        self.rig("start-service", self.folder)

    def down(self):
        if self.server:
            self.server.terminate()
            self.server.wait()
        self.rig("down", self.folder)


class OwnKeys:
    """The keys in Thunderbird's own database: proves the mails, no module."""

    name = "Thunderbird"
    lacks = ()
    pin = None
    label = "NSS Certificate DB"
    environment = {}

    def __init__(self, _, mails, *__):
        self.mails = mails

    def up(self, people, _):
        self.files = [self.mails.path(name + ".p12") for name in people]

    @staticmethod
    def can(plan):
        return plan.name == "cached"

    def register(self, profile, _):
        for path in self.files:
            call(["pk12util", "-d", "sql:" + profile.folder, "-i", path,
                  "-W", PASSWORD])

    def down(self):
        pass
