#!/bin/sh
# Makes what a target needs, once: the virtual environment with pinned packages and, where we are root, Debian's
# packages. Usage: setup.sh run | dev | test. Quick when nothing changed: a stamp inside .venv tells.
set -eu
cd "$(dirname "$0")/.."
want=$1
mkdir -p build
say() { printf '%s\n' "--- $*"; }
stop() { printf '%s\n' "lionrock: $*" >&2; exit 4; }

is_root() { [ "$(id -u)" = 0 ]; }
can_apt() { is_root && command -v apt-get >/dev/null 2>&1; }
apt_get() {
  say "installing Debian packages: $*"
  { [ -n "${apt_updated:-}" ] || DEBIAN_FRONTEND=noninteractive apt-get update -q; } >build/apt.log 2>&1 &&
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" >>build/apt.log 2>&1 &&
    apt_updated=1
}

# A Python of 3.11 or later that can make virtual environments. A name may exist and still not run (pyenv's shims).
find_python() {
  for python in python3.11 python3 python3.12 python3.13 python3.14; do
    "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && return 0
  done
  return 1
}

why_no_python() {
  for python in python3.11 python3; do
    found=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2], int(sys.version_info >= (3, 11)))' 2>/dev/null) || continue
    case $found in
      *" 1") echo "Python ${found% *} is here but cannot make virtual environments: install Debian's python3-venv"; return ;;
      *) older=${found% *} ;;
    esac
  done
  echo "Python 3.11 or later is needed${older:+, found $older}: install Debian's python3 and python3-venv"
}

need_python() {
  find_python && return
  if can_apt; then apt_get python3 python3-venv || true; fi
  find_python || stop "$(why_no_python)"
}

# Debian packages a full test run uses. Without root they are only named; what needs them is skipped.
need_debian() {
  missing=""
  skipped=""
  lack() { missing="$missing $1"; skipped="${skipped:+$skipped, }$2"; }
  command -v chromium >/dev/null 2>&1 || lack chromium "page tests"
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || lack postgresql "tests on PostgreSQL"
  command -v dovecot >/dev/null 2>&1 || [ -x /usr/sbin/dovecot ] || lack dovecot-imapd "tests of mailboxes"
  command -v nsd >/dev/null 2>&1 || [ -x /usr/sbin/nsd ] || lack nsd "tests of zone transfers"
  command -v msgfmt >/dev/null 2>&1 || lack gettext "the check of the translations"
  fc-list :lang=zh-hk 2>/dev/null | grep -q . || lack "fontconfig fonts-noto-cjk" "Chinese letters in screenshots"
  [ -n "$missing" ] || return 0
  # shellcheck disable=SC2086 # one word per package
  if can_apt && apt_get $missing; then return 0; fi
  say "missing Debian packages, skipped for it: $skipped. To have them, as root: apt-get install$missing"
}

stamp_of() {
  { cat "$1" pyproject.toml; pwd; .venv/bin/python -V 2>&1; } | sha256sum | cut -d ' ' -f 1
}

# What pip has to say is shown only when it fails.
pip_install() {
  .venv/bin/python -m pip install --quiet --no-input --no-compile --disable-pip-version-check "$@" >build/pip.log 2>&1 ||
    { grep -v '^WARNING: Location' build/pip.log | tail -n 20 >&2; return 1; }
}

# pip would compile on one core, and the packages' own tests, too. What does not compile is of no harm: some packages
# hold templates that only look like modules.
compile_packages() {
  .venv/bin/python -m compileall -qq -j 0 -x 'site-packages/.*/tests/' .venv/lib/python3*/site-packages/"${1:-}" >/dev/null 2>&1 || true
}

need_packages() {
  lock=$1
  # A virtual environment holds absolute paths: one that was moved or whose Python is gone is made anew.
  if [ -e .venv/made-in ] && { [ "$(cat .venv/made-in)" != "$(pwd)" ] || ! .venv/bin/python -c '' 2>/dev/null; }; then rm -rf .venv; fi
  if [ -x .venv/bin/python ] && [ "$(cat ".venv/stamp-$lock" 2>/dev/null)" = "$(stamp_of "$lock")" ]; then return 0; fi
  # What was installed to develop is enough to run, too.
  if [ "$lock" = requirements.txt ] && [ -x .venv/bin/python ] &&
    [ "$(cat .venv/stamp-requirements-dev.txt 2>/dev/null)" = "$(stamp_of requirements-dev.txt)" ]; then return 0; fi
  if ! .venv/bin/python -c 'import pip' >/dev/null 2>&1; then
    need_python
    say "making the virtual environment .venv with $("$python" -V)"
    rm -rf .venv
    "$python" -m venv .venv || stop "$python could not make .venv"
    pwd >.venv/made-in
  fi
  say "installing $(grep -c '==' "$lock") Python packages (a few minutes the first time)"
  rm -f .venv/stamp-*
  pip_install --require-hashes -r "$lock" || stop "pip could not install the packages pinned in $lock (see above)"
  pip_install --no-deps --no-build-isolation -e . || stop "pip could not install Lionrock itself (see above)"
  compile_packages
  stamp_of "$lock" >".venv/stamp-$lock"
}

# Training is tested where PyTorch's CPU build lies at hand, in a folder of wheels that pip's own configuration names.
# It is never taken from an index here: the build found there brings gigabytes for graphics cards.
need_torch() {
  if .venv/bin/python -c 'import torch' >/dev/null 2>&1; then return 0; fi
  if pip_install --no-index --no-deps 'torch>=2.13,<3' 2>/dev/null; then compile_packages torch; return 0; fi
  say "no CPU build of PyTorch lies at hand: tests of training are skipped (pip install torch brings it)"
}

case $want in
  run) need_packages requirements.txt ;;
  dev) need_packages requirements-dev.txt ;;
  test) need_debian; need_packages requirements-dev.txt; need_torch ;;
  *) stop "setup.sh knows run, dev and test, not '$want'" ;;
esac
