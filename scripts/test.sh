#!/bin/sh
# All checks and all tests. A failure does not hide the later parts; the last line is pytest's own about the whole suite.
set -u
cd "$(dirname "$0")/.."
mkdir -p build
say() { printf '%s\n' "--- $*"; }
failed=""

# Compiled modules are kept, whatever the surroundings say: a run starts hundreds of processes, and each of them
# (every worker of the tests, every command that a test gives) would compile all it imports anew.
unset PYTHONDONTWRITEBYTECODE

# The checks keep one core busy, tests wait for processes now and then: both together are done sooner.
sh scripts/check.sh >build/checks.txt 2>&1 &
checks=$!
trap 'kill "$checks" 2>/dev/null; exit 130' INT TERM

say "tests that use the database, on PostgreSQL"
if .venv/bin/python -m scripts.with_postgres --available; then
  .venv/bin/python -m scripts.with_postgres .venv/bin/pytest -q -n 3 --dist worksteal -m database || failed="$failed postgresql"
fi

wait "$checks" || failed="$failed checks"
cat build/checks.txt

say "all tests, on SQLite"
[ -z "$failed" ] || say "already failed:$failed"
.venv/bin/pytest -q -n 3 --dist worksteal -m "not postgres" || failed="$failed tests"
[ -z "$failed" ]
