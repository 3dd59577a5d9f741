#!/bin/sh
# SPDX-License-Identifier: MIT
# fetch_home_assistant.sh VERSION FOLDER: Home Assistant Core of that version from PyPI, with what the
# tests use of it, into the virtual environment FOLDER. Does nothing if it is there. Needs Python 3.13:
# python3.13, python3, or what PYTHON says.
set -eu

version=$1
folder=$2
[ ! -e "$folder/complete" ] || exit 0

python=''
for candidate in "${PYTHON:-}" python3.13 python3; do
    if [ -n "$candidate" ] && "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "No Python 3.13: the tests with Home Assistant $version are skipped (PYTHON=PROGRAM names one)" >&2
    exit 0
fi
echo "Fetching Home Assistant $version (PyPI)"
rm -rf "$folder"
"$python" -m venv "$folder"
# It declares a later 3.13 than Debian has, and runs on any. Its own constraints say which versions
# belong together.
pip() { "$folder/bin/pip" install --quiet --ignore-requires-python "$@"; }
pip --no-deps "homeassistant==$version"
constraints=$("$folder/bin/python" -c 'import homeassistant; print(homeassistant.__path__[0])')/package_constraints.txt
pycares=''
case $version in 2025.*) pycares='pycares<5' ;; esac # for its aiodns
# shellcheck disable=SC2086
pip -c "$constraints" "homeassistant==$version" paho-mqtt fnv-hash-fast psutil-home-assistant \
    home-assistant-frontend SQLAlchemy Pillow numpy PyTurboJPEG $pycares
touch "$folder/complete"
