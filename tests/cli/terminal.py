#!/usr/bin/env python3
"""Run a command on a terminal of its own and answer its questions.

usage: terminal.py PROMPT ANSWER [PROMPT ANSWER ...] -- COMMAND ...

Waits for each PROMPT in turn and types ANSWER and Enter; "^C" types that.
Prints all that the command showed, and ends with its status. No waiting by
the clock: a prompt that does not come ends with the command, and all ends
after two minutes.
"""
import os
import pty
import signal
import sys

split = sys.argv.index("--")
questions = sys.argv[1:split]
command = sys.argv[split + 1:]
pid, fd = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
signal.alarm(120)
shown, seen = b"", 0
while True:
    try:
        got = os.read(fd, 4096)
    except OSError:
        break
    if not got:
        break
    shown += got
    while questions and questions[0].encode() in shown[seen:]:
        seen = shown.index(questions[0].encode(), seen) + len(questions[0])
        answer = questions[1].encode()
        del questions[:2]
        os.write(fd, b"\x03" if answer == b"^C" else answer + b"\r")
sys.stdout.buffer.write(shown)
_, status = os.waitpid(pid, 0)
if questions:
    print("\nterminal.py: never asked:", questions[0])
    sys.exit(99)
sys.exit(os.waitstatus_to_exitcode(status))
