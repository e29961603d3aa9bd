"""Cases that open mails: every form of recipient that a mailbox has met."""

from tap import Skip

OAEP = ("rsa_padding_mode:oaep", "rsa_oaep_md:sha256", "rsa_mgf1_md:sha256")
MEGABYTE = 1 << 20

# subject, recipients (ours last, "..." for five others), what to tell
# openssl, needs, body bytes
FORMS = (
    ("RSA PKCS1 v1.5", ("alice",), {}, "", 0),
    ("RSA OAEP SHA-256", ("alice",), {"keyopt": OAEP}, "oaep", 0),
    ("ECDH P-256 KDF SHA-1", ("alice-ec",), {}, "kdf", 0),
    ("ECDH P-256 KDF SHA-256", ("alice-ec",),
     {"keyopt": ("ecdh_kdf_md:sha256",)}, "kdf", 0),
    ("expired certificate", ("alice-old",), {}, "", 0),
    ("RSA OAEP SHA-256 expired", ("alice-old",), {"keyopt": OAEP}, "oaep", 0),
    ("ECDH P-256 expired", ("alice-ec-old",), {}, "kdf", 0),
    ("SubjectKeyIdentifier", ("alice",), {"options": ("-keyid",)}, "", 0),
    ("SubjectKeyIdentifier expired", ("alice-old",),
     {"options": ("-keyid",)}, "", 0),
    ("seven recipients", ("...", "alice"), {}, "", 0),
    ("seven recipients expired", ("...", "alice-old"), {}, "", 0),
    ("one megabyte", ("alice",), {}, "", MEGABYTE),
    ("one megabyte expired", ("alice-old",), {}, "", MEGABYTE),
)
PLAIN = "not encrypted"
# Mails of the cases about accounts.
NEW, NEXT, SECOND = ("to the new key", "to the next key",
                     "to the second account")
EXTRA = ((NEW, ("alice-new",)), (NEXT, ("alice-next",)),
         (SECOND, ("dave",)))
GCM = "AES-GCM"


def marker(subject):
    """The text that only the right key brings to light."""
    return "MARKER-%s-OPENED" % subject.upper().replace(" ", "-")


def mails(maker):
    """The mails of this module's cases, and a plain one."""
    made = [
        "From: Carol <carol@example.com>\nTo: alice@example.com\n"
        "Subject: %s\nMessage-ID: <plain@example.com>\n"
        "Date: Thu, 1 Jan 2026 10:00:00 +0000\n"
        "Content-Type: text/plain\n\n%s\n" % (PLAIN, marker(PLAIN))]
    for subject, people, extra, _, size in FORMS:
        if people[0] == "...":
            people = tuple(maker.others) + people[1:]
        made.append(maker.encrypted(subject, marker(subject), people,
                                    size=size, **extra))
    for subject, people in EXTRA:
        made.append(maker.encrypted(subject, marker(subject), people))
    made.append(maker.encrypted(GCM, marker(GCM), ("alice",),
                                options=("-aes-256-gcm",)))
    return made


def shows_plain(session):
    """A plain mail, shown: the window lives, and the pane is cleared."""
    session.tb.open("Test", PLAIN)
    session.tb.wait_pane(lambda p: p.ok(marker(PLAIN), encrypted=""))


def opens(session, subject, need=""):
    if need in session.token.lacks:
        raise Skip("%s lacks %s" % (session.token.name, need))
    shows_plain(session)
    session.tb.open("Test", subject)
    session.tb.wait_pane(lambda p: p.ok(marker(subject)))


def fails(session, subject, deadline=60, meanwhile=None):
    """The pane says that the mail cannot be decrypted."""
    session.tb.wait_pane(
        lambda p: p["encrypted"] == "encrypted-notok" and
        "cannot decrypt" in p["title"] and not p["text"],
        deadline, meanwhile)


def do_gcm(session):
    shows_plain(session)
    session.tb.open("Test", GCM)
    fails(session, GCM)
    shows_plain(session)


def no_gcm(session):
    """Thunderbird does not read AuthEnvelopedData, whatever the module."""
    session.case("cannot open AES-GCM", do_gcm)


def all_mails(session):
    for subject, _, _, need, _ in FORMS:
        session.case("opens " + subject, opens, subject, need)
