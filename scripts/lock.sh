#!/bin/sh
# Pins every dependency with the hashes of all its files: requirements.txt to run, requirements-dev.txt to
# develop (a superset). pip's own configuration is left out, so that no other package index than the public
# one can put a file or a place into the lock.
set -eu
cd "$(dirname "$0")/.."
compile=.venv/bin/pip-compile
[ -x "$compile" ] || { echo "lock: $compile is missing; run 'make test' once, it sets the tools up" >&2; exit 4; }
unset PIP_FIND_LINKS PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_TRUSTED_HOST PIP_NO_INDEX
export PIP_CONFIG_FILE=/dev/null

pin() {
  target=$1
  shift
  "$compile" --quiet --generate-hashes --allow-unsafe --strip-extras \
    --no-header --no-annotate --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
    --no-emit-options --build-deps-for editable --output-file "$target" "$@" pyproject.toml
}

pin requirements.txt ${UPGRADE:+--upgrade}
pin requirements-dev.txt --extra dev --constraint requirements.txt ${UPGRADE:+--upgrade}
echo "locked: $(grep -c '==' requirements.txt) packages to run, $(grep -c '==' requirements-dev.txt) to develop"
