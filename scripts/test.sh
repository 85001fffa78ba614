#!/bin/sh
# All checks and all tests. A failure does not hide the later parts; the last line is pytest's own about the whole suite.
set -u
cd "$(dirname "$0")/.."
mkdir -p build
say() { printf '%s\n' "--- $*"; }
failed=""

sh scripts/check.sh || failed="$failed checks"

say "tests that use the database, on PostgreSQL"
if .venv/bin/python -m scripts.with_postgres --available; then
  .venv/bin/python -m scripts.with_postgres .venv/bin/pytest -q -n 2 --dist worksteal -m database || failed="$failed postgresql"
fi

say "all tests, on SQLite"
[ -z "$failed" ] || say "already failed:$failed"
.venv/bin/pytest -q -n 2 --dist worksteal -m "not postgres" || failed="$failed tests"
[ -z "$failed" ]
