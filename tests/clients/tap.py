"""Prints the Test Anything Protocol, one line a case, with reasons."""

import sys
import time
import traceback


class Skip(Exception):
    """Raised by a case that cannot apply; the text says why."""


class Tap:
    def __init__(self):
        self.count = self.failures = 0

    def case(self, name, function, *args):
        """Run one case: it fails by an exception and never ends the run."""
        start = time.monotonic()
        try:
            function(*args)
        except Skip as why:
            self.line(True, "%s # SKIP %s" % (name, why))
            return True
        except Exception as why:
            self.line(False, name)
            self.note("%s: %s" % (type(why).__name__, why))
            self.note(traceback.format_exc(limit=-3))
            return False
        self.line(True, name)
        self.note("%.1f s" % (time.monotonic() - start))
        return True

    def line(self, good, text):
        self.count += 1
        self.failures += not good
        print("%sok %d - %s" % ("" if good else "not ", self.count, text),
              flush=True)

    def note(self, text):
        for line in text.splitlines():
            print("# " + line, flush=True)

    def done(self):
        print("1..%d" % self.count, flush=True)
        return 1 if self.failures else 0

    def bail(self, text):
        print("Bail out! " + text, flush=True)
        sys.exit(1)
