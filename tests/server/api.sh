#!/bin/sh
# The API of a real service: tests/server/api.py.
exec python3 "${top_srcdir:-$(dirname "$0")/../..}/tests/server/api.py"
