"""Cases about accounts: a new key, two of them, and other ways to load."""

from cases_prompt import none_seen, unlock
from cases_read import (FORMS, NEW, NEXT, SECOND, all_mails, fails, opens,
                        shows_plain)
from tap import Skip

MAIL = FORMS[0][0]
PROCESS = "security.utility_pkcs11_module_process.enabled"


def do_new_key(session):
    """A key imported and synced while Thunderbird runs is used at once."""
    token = session.token
    if not hasattr(token, "add_key"):
        raise Skip("%s has no service" % token.name)
    shows_plain(session)
    session.tb.open("Test", NEW)
    fails(session, NEW)
    token.add_key(session.mails, "alice-new")
    token.sync()
    # A process looks for a new catalogue once a second: the mail may be
    # opened before that, and is then opened again.
    for _ in range(3):
        try:
            opens(session, NEW)
            return
        except RuntimeError:
            shows_plain(session)
    opens(session, NEW)


def do_next_key(session):
    """The service's answer to another mail tells that there is a new key."""
    token = session.token
    if not hasattr(token, "add_key"):
        raise Skip("%s has no service" % token.name)
    token.add_key(session.mails, "alice-next")
    opens(session, MAIL)
    opens(session, NEXT)


def do_second_token(session):
    """The second account's mail asks for that account's PIN, not ours."""
    second = session.token.second
    for label in (session.token.label, second.label):
        found = session.tb.tokens(label)
        if len(found) != 1 or not found[0]["needsLogin"]:
            raise RuntimeError("token %s: %r" % (label, found))
    unlock(session, SECOND, second)


def do_first_token(session):
    unlock(session, MAIL, session.token)
    opens(session, SECOND)


def do_process(session):
    """With modules in another process, Thunderbird forgets pkcs11.txt.

    So it is with every module (SoftHSM too): no token is listed and the
    mail is not readable, but the window lives.
    """
    found = session.tb.tokens(session.token.label)
    if found:
        raise RuntimeError("now listed, test more: %r" % found)
    shows_plain(session)
    session.tb.open("Test", MAIL)
    fails(session, MAIL)
    shows_plain(session)


def do_process_added(session):
    """Added while it runs, as by the Devices dialog, it works there too."""
    session.tb.add_module(session.token.name, session.token.module)
    if not session.tb.tokens(session.token.label):
        raise RuntimeError("not listed after it was added")
    unlock(session, MAIL, session.token)


def new_key(session):
    session.case("new key after sync without restart", do_new_key)
    session.case("new key noticed by itself", do_next_key)


def two_tokens(session):
    session.case("second account asks for its own PIN", do_second_token)
    session.case("first account asks for its own PIN", do_first_token)


def do_no_policy(session):
    if session.tb.tokens(session.token.label):
        raise RuntimeError("listed, although no policy can name a module")


def by_policy(session):
    """A policy for modules came with a later version than bookworm's 140."""
    if not session.tb.has_policy("SecurityDevices"):
        session.case("this version has no SecurityDevices", do_no_policy)
        return
    all_mails(session)
    none_seen(session)


def do_not_carried(session, subject):
    """p11-kit 0.24 does not carry the parameters of ECDH."""
    shows_plain(session)
    session.tb.open("Test", subject)
    fails(session, subject)
    shows_plain(session)


def by_socket(session):
    """p11-kit-client.so, which a sandboxed program can load."""
    session.case("asks for the PIN", unlock, MAIL, session.token)
    for subject, _, _, need, _ in FORMS:
        if need == "kdf":
            session.case("cannot open " + subject, do_not_carried, subject)
        else:
            session.case("opens " + subject, opens, subject)


def do_unknown(session):
    unlock(session, MAIL, session.token)


def other_process(session):
    """What the preference does, or that an older Thunderbird has none."""
    if not session.tb.has_preference(PROCESS):
        session.case("preference unknown, mail opens", do_unknown)
        return
    session.case("trap 20: module of pkcs11.txt is not loaded", do_process)
    session.case("trap 20: module added by hand opens the mail", do_process_added)
