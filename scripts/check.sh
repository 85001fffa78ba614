#!/bin/sh
# Everything that can be said about the code without running it. One failing check does not hide the others.
set -u
cd "$(dirname "$0")/.."
mkdir -p build
failed=""

check() {
  name=$1
  shift
  printf '%s\n' "--- $name"
  "$@" >build/check.txt 2>&1 || { cat build/check.txt; failed="$failed $name"; }
}

check lint .venv/bin/ruff check --quiet .
check format .venv/bin/ruff format --quiet --check .
check types .venv/bin/mypy
check contracts .venv/bin/lint-imports --no-cache
[ -z "$failed" ] || { printf '%s\n' "--- failed:$failed" >&2; exit 1; }
