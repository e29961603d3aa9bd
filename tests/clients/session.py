"""One Thunderbird, its profile and its token, and the cases run on them.

A Run owns the display, the trap and the mails; each Session in it is one
process on a fresh profile.  Every case ends with a screenshot and without
an open prompt, so that a failure does not spread to the next.
"""

import glob
import os
import shutil

from compose import Composer
from desktop import Desktop
from loopback import Trap
from mails import Mails, mbox
from tap import Skip, Tap
from thunderbird import Thunderbird
from tokens import Lanyard
from userprofile import Profile
import cases_read

ADDRESS = "alice@example.com"
OURS = ("alice", "alice-old", "alice-ec", "alice-ec-old")


def make_mails(folder):
    """The people, and the certificates that mails are made to."""
    mails = Mails(folder)
    mails.person("alice", ADDRESS)
    mails.person("alice-old", ADDRESS, days=(-1200, -400))
    mails.person("alice-ec", ADDRESS, key="ec:P-256")
    mails.person("alice-ec-old", ADDRESS, key="ec:P-256", days=(-1200, -400))
    mails.person("alice-new", ADDRESS)
    mails.person("alice-next", ADDRESS)
    mails.person("dave", "dave@example.com")
    mails.person("bob", "bob@example.com")
    mails.others = ["bob"] + ["other-%d" % n for n in range(1, 6)]
    for name in mails.others[1:]:
        mails.person(name, name + "@example.com")
    return mails


class Session:
    def __init__(self, run, plan):
        self.run, self.name, self.mails = run, plan.name, run.mails
        self.title = plan.title()
        self.tap, self.tb = run.tap, None
        self.folder = os.path.join(run.folder, plan.name)
        os.makedirs(self.folder)
        self.log = os.path.join(self.folder, "thunderbird.log")
        kind = plan.token or run.token
        self.token = kind(os.path.join(self.folder, "token"), run.mails,
                          plan.pin, plan.delivery, ADDRESS)

    def start(self, plan):
        """Make the token and the profile, then start Thunderbird."""
        self.token.up(OURS, plan.settings)
        self.profile = Profile(os.path.join(self.folder, "profile"), ADDRESS,
                               self.run.trap.port, plan.prefs)
        self.profile.trust("Client Test CA", self.mails.path("ca.crt"))
        self.profile.know("bob", self.mails.path("bob.crt"))
        self.token.register(self.profile, plan.registration)
        with open(self.profile.folder_file("Test"), "w") as f:
            f.write(mbox(cases_read.mails(self.mails)))
        self.tb = Thunderbird(self.profile, self.run.desktop.display,
                              self.token.environment, self.log)
        self.composer = Composer(self.tb, ADDRESS)

    def case(self, name, function, *args):
        """One case, its screenshot, and no prompt left behind."""
        good = self.tap.case("%s: %s" % (self.title, name), function, self,
                             *args)
        self.shot("%s %s" % (self.name, name))
        open_prompts = self.tb.dismiss_all()
        if good and open_prompts:
            self.tap.line(False, "%s: %s leaves no prompt" % (self.title,
                                                              name))
        for text in open_prompts:
            self.tap.note("was open: " + text)
        self.composer.discard()

    def shot(self, name):
        """Keep what the display shows now, numbered by the last case."""
        words = "".join(c if c.isalnum() else " " for c in name).split()
        self.run.desktop.screenshot(os.path.join(
            self.run.shots, "%02d-%s.png" % (self.tap.count,
                                             "-".join(words))))

    def end(self):
        """Quit as a user does, then take the token away."""
        try:
            if self.tb:
                self.tap.case(self.title + ": leaves by itself when quit",
                              self.quit)
        finally:
            if self.tb:
                self.tb.kill()
            self.token.down()

    def quit(self):
        if not self.tb.quit():
            raise RuntimeError("exit status %r, see %s" % (
                self.tb.process.returncode, self.log))


def clear(folder):
    """Take down the services that a run killed in the middle has left."""
    for made in glob.glob(os.path.join(folder, "*", "token", ".rig")):
        Lanyard.rig("down", os.path.dirname(made))


class Run:
    def __init__(self, token, folder):
        self.token = token
        self.folder = os.path.join(folder, "run")
        self.shots = os.path.join(folder, "shots")
        clear(self.folder)
        for path in (self.folder, self.shots):
            shutil.rmtree(path, ignore_errors=True)
            os.makedirs(path)
        self.tap = Tap()
        self.mails = make_mails(os.path.join(self.folder, "mails"))
        self.trap = Trap()
        self.desktop = Desktop(os.path.join(self.folder, "display"))

    def session(self, plan):
        """Run the plan's cases; what breaks the session is a failure."""
        if not (plan.token or self.token).can(plan):
            return self.tap.case(plan.title(), self.cannot)
        session = Session(self, plan)
        try:
            session.start(plan)
            for case in plan.cases:
                case(session)
        except Exception as why:
            self.tap.line(False, "%s: session ran" % plan.title())
            self.tap.note("%s: %s" % (type(why).__name__, why))
            session.shot(plan.name + " broken")
        finally:
            session.end()

    def cannot(self):
        raise Skip("%s cannot do this" % self.token.name)

    def finish(self):
        self.tap.case("Thunderbird: asked for nothing outside", self.outside)
        return self.tap.done()

    def outside(self):
        if self.trap.seen:
            raise RuntimeError("asked the proxy for %s" % "; ".join(
                sorted(set(self.trap.seen))))

    def close(self):
        self.desktop.stop()
        self.trap.stop()
