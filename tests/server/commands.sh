#!/bin/sh
# The host's commands: tests/server/commands.py.
exec python3 "${top_srcdir:-$(dirname "$0")/../..}/tests/server/commands.py"
