"""Makes the test's authority, key pairs and mails with the openssl CLI.

Every mail is what a correspondent would have sent: CMS made by openssl,
wrapped in mail headers, and joined into an mbox.  The private keys go to
the token under test only; nothing here is ever read by Thunderbird.
"""

import base64
import os
import subprocess
import time

PASSWORD = "for-the-test"

OPENSSL_CONF = """
[req]
distinguished_name = dn
prompt = no
[dn]
CN = unused
[ca]
default_ca = ca_default
[ca_default]
dir = .
database = ./index.txt
serial = ./serial
new_certs_dir = .
certificate = ./ca.crt
private_key = ./ca.key
default_md = sha256
policy = policy
unique_subject = no
copy_extensions = none
rand_serial = yes
[policy]
commonName = supplied
[ext_ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
"""

EXT_LEAF = """
[ext_%(name)s]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, %(usage)s
extendedKeyUsage = emailProtection
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = email:%(address)s
"""


class Mails:
    """A folder with an authority, people's keys and the mails to them."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder)
        self.write("openssl.cnf", OPENSSL_CONF)
        self.write("index.txt", "")
        self.openssl("req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes",
                     "-config", "openssl.cnf", "-extensions", "ext_ca",
                     "-days", "3650", "-subj", "/CN=Client Test CA",
                     "-keyout", "ca.key", "-out", "ca.crt")

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text, mode="w"):
        with open(self.path(name), mode) as f:
            f.write(text)

    def read(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()

    def openssl(self, *args, stdin=None):
        """Run openssl in the folder; raises with its words if it fails."""
        done = subprocess.run(("openssl",) + args, cwd=self.folder,
                              input=stdin, capture_output=True)
        if done.returncode:
            raise RuntimeError("openssl %s: %s" % (
                args[0], done.stderr.decode(errors="replace").strip()))
        return done.stdout

    def person(self, name, address, key="rsa:2048", days=(-30, 365)):
        """NAME.key, NAME.crt and NAME.p12 for an address.

        key is rsa:BITS or ec:CURVE; days are the certificate's validity,
        counted from now.
        """
        kind, _, size = key.partition(":")
        usage = "keyEncipherment" if kind == "rsa" else "keyAgreement"
        self.write("openssl.cnf", EXT_LEAF % {
            "name": name, "usage": usage, "address": address}, "a")
        new = (["-newkey", key] if kind == "rsa" else
               ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:" + size])
        self.openssl("req", "-new", *new, "-nodes", "-config", "openssl.cnf",
                     "-subj", "/CN=%s" % name, "-keyout", name + ".key",
                     "-out", name + ".csr")
        start, end = (time.strftime("%Y%m%d%H%M%SZ", time.gmtime(
            time.time() + n * 86400)) for n in days)
        self.openssl("ca", "-batch", "-notext", "-config", "openssl.cnf",
                     "-extensions", "ext_" + name, "-startdate", start,
                     "-enddate", end, "-in", name + ".csr",
                     "-out", name + ".crt")
        self.openssl("pkcs12", "-export", "-inkey", name + ".key", "-in",
                     name + ".crt", "-certfile", "ca.crt", "-name", name,
                     "-passout", "pass:" + PASSWORD, "-out", name + ".p12")

    def encrypted(self, subject, marker, people, options=(), keyopt=(),
                  size=0, to="alice@example.com"):
        """A mail whose enveloped body holds the marker and size bytes more.

        people are recipients in order; keyopt applies to the last of them.
        """
        body = "Content-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n" % marker
        line = "The quick brown fox jumps over the lazy dog. " * 1 + "\r\n"
        body += line * (size // len(line))
        recip = []
        for name in people:
            recip += ["-recip", name + ".crt"]
        for one in keyopt:
            recip += ["-keyopt", one]
        der = self.openssl("cms", "-encrypt", "-binary", "-aes256",
                           "-outform", "DER", *options, *recip,
                           stdin=body.encode())
        return self.mail(subject, to, der)

    def mail(self, subject, to, der):
        text = base64.encodebytes(der).decode()
        stamp = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())
        return ("From: Carol <carol@example.com>\n"
                "To: <%s>\n"
                "Subject: %s\n"
                "Date: %s\n"
                "Message-ID: <%s@example.com>\n"
                "MIME-Version: 1.0\n"
                "Content-Type: application/pkcs7-mime; "
                "smime-type=enveloped-data; name=smime.p7m\n"
                "Content-Disposition: attachment; filename=smime.p7m\n"
                "Content-Transfer-Encoding: base64\n"
                "\n%s" % (to, subject, stamp, subject.replace(" ", "-"),
                          text))


def mbox(mails):
    """Join mails into one mbox."""
    stamp = time.strftime("%a %b %d %H:%M:%S %Y", time.gmtime())
    return "".join("From - %s\n%s\n" % (stamp, one) for one in mails)
