"""Cases that count: one operation at the service for one mail, no more."""

import time

from cases_read import FORMS, opens
from cases_write import signs
from tap import Skip


def one_operation(session, action, *args):
    """Run an action; the service must see exactly one request for it."""
    if not hasattr(session.token, "operations"):
        raise Skip("%s has no service" % session.token.name)
    before = session.token.operations()
    action(session, *args)
    end = time.monotonic() + 10
    while session.token.operations() == before and time.monotonic() < end:
        time.sleep(0.1)
    count = session.token.operations() - before
    if count != 1:
        raise RuntimeError("%d operations" % count)


def counted(session):
    for subject, _, _, need, _ in FORMS:
        if "KDF SHA-256" in subject or "RSA" in subject or "seven" in subject:
            session.case("one operation: " + subject, one_operation, opens,
                         subject, need)
    session.case("one operation: a signature", one_operation, signs,
                 "counted", "alice")


def again(session):
    """A mail that is shown again, for minutes, costs nothing."""
    subject = "expired certificate"  # not opened before
    session.case("a mail opens: one operation", one_operation, opens, subject)
    session.case("contract 29: it opens again: none", no_operation, subject)


def no_operation(session, subject):
    """One of a few openings is free; another mail may be read meanwhile."""
    if not hasattr(session.token, "operations"):
        raise Skip("%s has no service" % session.token.name)
    for _ in range(4):
        before = session.token.operations()
        opens(session, subject)
        if session.token.operations() == before:
            return
    raise RuntimeError("an operation each time")
