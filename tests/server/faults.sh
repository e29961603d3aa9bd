#!/bin/sh
# kill -9 and full disks: tests/server/faults.py.
exec python3 "${top_srcdir:-$(dirname "$0")/../..}/tests/server/faults.py"
