"""Cases about the PIN prompt: cancelled, wrong, right, and not needed."""

from cases_read import FORMS, fails, marker, shows_plain
from tap import Skip

MAIL = FORMS[0][0]


def wants_pin(session, subject=MAIL, token=None):
    """Open a mail that needs the key; the PIN prompt that then appears."""
    token = token or session.token
    if not token.pin:
        raise Skip("this account has no PIN")
    shows_plain(session)
    session.tb.open("Test", subject)
    prompt = session.tb.wait_prompt()
    if (prompt["type"] != "promptPassword" or
            token.label not in prompt["text"]):
        raise RuntimeError("not a prompt for this token: %r" % prompt)
    return prompt


def unlock(session, subject, token):
    """Open a mail by typing the PIN of its token, once."""
    seen = len(session.tb.prompts())
    session.tb.answer(wants_pin(session, subject, token), token.pin)
    session.tb.wait_pane(lambda p: p.ok(marker(subject)))
    if len(session.tb.prompts()) != seen + 1:
        raise RuntimeError("more than one prompt")


def again(session, before):
    """The next prompt, after an answer that was not accepted."""
    after = session.tb.wait_prompt()
    if after["number"] == before["number"] or (
            after["type"] != "promptPassword"):
        raise RuntimeError("not asked again: %r" % after)
    return after


def do_cancelled(session):
    session.tb.answer(wants_pin(session), None)
    # NSS asks again at each step that needs the key, whatever the module.
    fails(session, MAIL, meanwhile=session.tb.dismiss_all)
    asked = len(session.tb.prompts())
    session.tap.note("prompts: %d" % asked)
    if asked > session.token.most_prompts:
        raise RuntimeError("asked %d times" % asked)
    shows_plain(session)


def do_wrong_then_right(session):
    prompt = wants_pin(session)
    session.tb.answer(prompt, "not-the-pin")
    prompt = again(session, prompt)
    session.shot(session.name + " asked again")
    session.tb.answer(prompt, session.token.pin)
    session.tb.wait_pane(lambda p: p.ok(marker(MAIL)))


def do_right(session):
    if not session.token.pin:
        raise Skip("this account has no PIN")
    shows_plain(session)
    session.tb.logout(session.token.label)
    unlock(session, MAIL, session.token)


def do_none_seen(session):
    seen = session.tb.prompts()
    if seen:
        raise RuntimeError("prompts: %r" % seen)


def cancelled(session):
    session.case("PIN prompt cancelled", do_cancelled)


def wrong_then_right(session):
    session.case("PIN wrong then right", do_wrong_then_right)


def right(session):
    session.case("PIN right after logout", do_right)


def none_seen(session):
    session.case("no prompt at all", do_none_seen)
