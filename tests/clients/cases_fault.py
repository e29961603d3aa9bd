"""Cases in which the key service goes away while Thunderbird runs."""

import time

from cases_read import FORMS, fails, marker, opens, shows_plain
from cases_write import TO, signs
from compose import outgoing
from loopback import Silent
from tap import Skip

MAIL = FORMS[0][0]
UNSIGNED = "without the service"
DEADLINE = 20  # the module's own, with room for a busy machine


def service(session):
    if not hasattr(session.token, "stop_service"):
        raise Skip("%s has no service" % session.token.name)
    return session.token


def unreadable(session):
    """An error in the pane within the deadline, and a window that lives."""
    shows_plain(session)
    start = time.monotonic()
    session.tb.open("Test", MAIL)
    fails(session, MAIL, DEADLINE)
    session.tap.note("error shown after %.1f s" % (time.monotonic() - start))
    session.shot(session.name + " service gone")
    shows_plain(session)
    if session.tb.prompts(open_only=True):
        raise RuntimeError("a prompt is open")


def do_stopped(session):
    token = service(session)
    token.stop_service()
    try:
        unreadable(session)
    finally:
        token.start_service()
    opens(session, MAIL)


def do_silent(session):
    token = service(session)
    token.stop_service()
    silent = Silent(token.port())
    try:
        unreadable(session)
    finally:
        silent.stop()
        token.start_service()
    if not silent.held:
        raise RuntimeError("the module never asked")
    session.tb.open("Test", MAIL)
    session.tb.wait_pane(lambda p: p.ok(marker(MAIL)))


def do_unsigned(session):
    """Not signed means not sent: an alert, and the text is kept."""
    token = service(session)
    session.composer.choose("signing", "alice ")
    token.stop_service()
    try:
        session.composer.write(TO, UNSIGNED, "TEXT OF " + UNSIGNED, True,
                               False)
        prompt = session.tb.wait_prompt(DEADLINE)
        session.shot(session.name + " not signed")
        session.tap.note("alert: " + prompt["text"])
        session.tb.dismiss_all()
        session.composer.discard()
    finally:
        token.start_service()
    try:
        outgoing(session.profile.folder_file("Unsent Messages"), UNSIGNED)
    except LookupError:
        return signs(session, "service back", "alice")
    raise RuntimeError("a message went out")


def do_offline(session):
    token = service(session)
    token.stop_service()
    try:
        for subject, _, _, _, _ in FORMS:
            opens(session, subject)
    finally:
        token.start_service()


def stopped(session):
    session.case("service stopped then back", do_stopped)


def silent(session):
    session.case("service silent then back", do_silent)


def unsigned(session):
    session.case("signs nothing without the service", do_unsigned)


def offline(session):
    session.case("reads all without the service", do_offline)
