#!/bin/sh
# Everything that can be said about the code without running it.
set -eu
cd "$(dirname "$0")/.."
mkdir -p build
say() { printf '%s\n' "--- $*"; }

say "lint";      .venv/bin/ruff check --quiet .
say "format";    .venv/bin/ruff format --quiet --check .
say "types";     .venv/bin/mypy
say "contracts"; .venv/bin/lint-imports --no-cache >build/contracts.txt 2>&1 || { cat build/contracts.txt; exit 1; }
