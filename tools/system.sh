#!/bin/sh
# What the project needs from the system: found, installed (as root, by apt), or named together with the
# exact command that installs it. Nothing of Python's packages is here; those are in requirements.txt.
#
#   tools/system.sh python    prints a Python of 3.11 or newer that can make a virtual environment
#   tools/system.sh grading   bubblewrap and libseccomp: student code runs inside them
#   tools/system.sh database  PostgreSQL: some tests start a server of their own
#   tools/system.sh hub       Node.js 18 or newer and npm: JupyterHub's proxy is written for it
#   tools/system.sh browser   Chromium: some tests look at pages with it
set -eu

# get PURPOSE PACKAGE...: install the packages, or say how to and stop.
get() {
    purpose=$1
    shift
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "$purpose needs: $*. Install it with your system's package manager, then run this again." >&2
        exit 1
    fi
    if [ "$(id -u)" -ne 0 ]; then
        echo "$purpose needs: $*. Install it with this command, then run this again:" >&2
        echo "    sudo apt-get update && sudo apt-get install -y $*" >&2
        exit 1
    fi
    echo "$purpose needs: $*. Installing it." >&2
    # What packages run at their installation lies where PATH may not lead.
    export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" DEBIAN_FRONTEND=noninteractive
    # One unreachable source fails the update, yet the packages may well be in the others.
    apt-get update -q >&2 || echo "apt-get update failed; trying to install all the same." >&2
    # A machine that has just started may be at its own updates: ten minutes are waited for them.
    apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=600 "$@" >&2
}

# python3.11 comes first: all tests are run with it. A name that answers nothing (a version
# manager's empty shim) counts as absent, so each one is run.
find_python() {
    for candidate in ${PYTHON:-} python3.11 python3 python3.12 python3.13 python3.14 python; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
    echo "Python 3.11 or newer is needed. If it is not on PATH: make PYTHON=/path/to/python3.11 ..." >&2
    exit 1
}

case "${1:-}" in
    python)
        python=$(find_python)
        if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
            get "A virtual environment" "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
        fi
        echo "$python"
        ;;
    grading)
        command -v bwrap >/dev/null 2>&1 || get "The grading sandbox" bubblewrap
        # By its loader, not by a package list: that is how the sandbox will look for it.
        python=$(find_python)
        "$python" -c 'import ctypes; ctypes.CDLL("libseccomp.so.2")' >/dev/null 2>&1 ||
            get "The grading sandbox" libseccomp2
        ;;
    database)
        # Debian keeps the server's commands off PATH.
        command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 ||
            get "The tests of a gradebook on PostgreSQL" postgresql
        ;;
    hub)
        # JupyterHub's proxy runs on Node.js.
        command -v npm >/dev/null 2>&1 && node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' ||
            get "JupyterHub" nodejs npm
        ;;
    browser)
        [ -x /usr/bin/chromium ] || get "The browser tests" chromium
        ;;
    *)
        echo "usage: tools/system.sh python|grading|database|hub|browser" >&2
        exit 2
        ;;
esac
