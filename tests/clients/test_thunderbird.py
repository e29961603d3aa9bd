"""A real Thunderbird reads and writes S/MIME mail with keys on the token.

Usage: test_thunderbird.py [--token lanyard|softhsm|own] [--only SESSION]

Each session is one Thunderbird process on a fresh profile.  Output is TAP;
a screenshot of each case is kept in tests/clients/shots of the build
folder, and what the sessions made in tests/clients/run.  SoftHSM is there
to see what is Thunderbird's doing and what a module's; "own" puts the keys
into Thunderbird itself, which proves the mails.
"""

import argparse
import os
import signal
import sys
import time
from dataclasses import dataclass, field
from typing import Optional

from session import Run
from tokens import Lanyard, OwnKeys, SoftHSM
import cases_account
import cases_fault
import cases_prompt
import cases_read
import cases_traffic
import cases_write

PIN = "correct-horse-7"
PROCESS = {cases_account.PROCESS: True}
TOKENS = {"lanyard": Lanyard, "softhsm": SoftHSM, "own": OwnKeys}


@dataclass
class Plan:
    """A session: how the account and the module are set up, and the cases."""

    name: str
    words: str
    pin: Optional[str]
    delivery: str
    cases: tuple
    registration: str = "modutil"
    prefs: dict = field(default_factory=dict)
    settings: str = ""  # a line of lanyard.conf
    token: Optional[type] = None  # instead of the one under test

    def title(self):
        """What stands before the names of its cases."""
        return "Thunderbird (%s)" % self.words


PLANS = (
    # A PIN, every operation by the service.
    Plan("pin", "PIN, remote keys", PIN, "remote", (
        cases_prompt.cancelled, cases_prompt.wrong_then_right,
        cases_read.all_mails, cases_read.no_gcm, cases_write.all_mails,
        cases_prompt.right, cases_traffic.counted, cases_account.new_key,
        cases_fault.stopped, cases_fault.silent, cases_fault.unsigned),
         settings="keep-decrypted = 0s"),
    # No PIN, keys that decrypt are kept here, registered by our own tool.
    Plan("cached", "no PIN, cached keys", None, "cached", (
        cases_read.all_mails, cases_write.all_mails, cases_fault.offline,
        cases_prompt.none_seen), "lanyard"),
    # Two accounts, two tokens, each with a PIN of its own.
    Plan("two", "two accounts", PIN, "remote", (
        cases_account.two_tokens, cases_traffic.again), "second"),
    # Thunderbird's preference for modules in another process, and the same
    # with SoftHSM: what does not work there is not the module's doing.
    Plan("process", "modules in another process", PIN, "remote",
         (cases_account.other_process,), "modutil", PROCESS),
    Plan("process-softhsm", "SoftHSM, modules in another process", PIN,
         "remote", (cases_account.other_process, cases_read.no_gcm),
         "modutil", PROCESS, token=SoftHSM),
    # Added for all users by an administrator's policies.json.
    Plan("policy", "by policies.json", None, "cached", (
        cases_account.by_policy,), "policy"),
    # Not loaded at all: p11-kit's client, and the module behind a socket.
    Plan("socket", "by a socket", PIN, "remote", (
        cases_account.by_socket,), "socket"),
)


def main():
    names = [plan.name for plan in PLANS]
    options = argparse.ArgumentParser()
    options.add_argument("--token", choices=TOKENS, default="lanyard")
    options.add_argument("--only", choices=names, action="append")
    chosen = options.parse_args()
    # An end from outside takes the usual way out, which stops everything.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(143))
    start = time.monotonic()
    run = Run(TOKENS[chosen.token], os.path.abspath(os.path.join(
        os.environ.get("top_builddir", "build"), "tests", "clients")))
    try:
        for plan in PLANS:
            if plan.name in (chosen.only or names):
                run.session(plan)
        run.tap.note("%.0f s" % (time.monotonic() - start))
        return run.finish()
    finally:
        run.close()


if __name__ == "__main__":
    sys.exit(main())
