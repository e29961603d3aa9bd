"""Cases that write mails; openssl judges what Thunderbird would send."""

import email

from compose import outgoing

TO = "bob@example.com"


def send(session, subject, sign, encrypt):
    session.composer.write(TO, subject, "TEXT OF " + subject, sign, encrypt)
    session.composer.finish()
    return outgoing(session.profile.folder_file("Unsent Messages"), subject)


def verified(session, raw, signer):
    """The signed text, if openssl verifies it as made by this signer."""
    mails = session.mails
    text = mails.openssl("cms", "-verify", "-CAfile", "ca.crt", "-signer",
                         "signer.pem", stdin=raw)
    names = [mails.openssl("x509", "-in", name, "-noout", "-fingerprint")
             for name in ("signer.pem", signer + ".crt")]
    if names[0] != names[1]:
        raise RuntimeError("signed by another certificate")
    return text


def decrypted(session, raw, name):
    return session.mails.openssl("cms", "-decrypt", "-recip", name + ".crt",
                                 "-inkey", name + ".key", stdin=raw)


def holds(part, subject):
    text = email.message_from_bytes(part).get_payload(decode=True)
    if not text or b"TEXT OF " + subject.encode() not in text:
        raise RuntimeError("the text is not there: %r" % part[:300])


def shown(session, subject, encrypted, signed):
    """Thunderbird itself reads the mail that it wrote."""
    session.tb.open("Unsent Messages", subject)
    session.tb.wait_pane(lambda p: p.ok("TEXT OF " + subject, encrypted,
                                        signed))


def do_offers(session):
    """The picker has the current certificates and no expired one."""
    for purpose in ("signing", "encryption"):
        names = session.composer.offered(purpose)
        session.shot("%s picker for %s" % (session.name, purpose))
        session.composer.take("alice ")
        text = "\n".join(names)
        session.tap.note("%s: %s" % (purpose, "; ".join(names)))
        if "alice-ec " not in text or "-old" in text or len(names) != 2:
            raise RuntimeError("the picker offers %r" % names)


def signs(session, subject, key):
    session.composer.choose("signing", key + " ")
    raw = send(session, subject, True, False)
    holds(verified(session, raw, key), subject)


def do_signs(session, key):
    subject = "signed by " + key
    signs(session, subject, key)
    shown(session, subject, "", "signed-ok")


def do_encrypts(session, key):
    subject = "encrypted, own key " + key
    session.composer.choose("encryption", key + " ")
    raw = send(session, subject, False, True)
    for name in ("bob", key):
        holds(decrypted(session, raw, name), subject)
    if key == "alice" or "kdf" not in session.token.lacks:
        shown(session, subject, "encrypted-ok", "")


def do_both(session, key):
    subject = "signed and encrypted by " + key
    session.composer.choose("signing", key + " ")
    session.composer.choose("encryption", key + " ")
    raw = send(session, subject, True, True)
    inner = decrypted(session, raw, "bob")
    holds(verified(session, inner, key), subject)
    if key == "alice" or "kdf" not in session.token.lacks:
        shown(session, subject, "encrypted-ok", "signed-ok")


def all_mails(session):
    session.case("lists the current certificates, no expired one", do_offers)
    for key, kind in (("alice", "RSA"), ("alice-ec", "EC")):
        session.case("signs by " + kind, do_signs, key)
        session.case("encrypts to both, own %s" % kind, do_encrypts, key)
        session.case("signs and encrypts by " + kind, do_both, key)
