#!/bin/sh
# SPDX-License-Identifier: MIT
# fetch.sh FOLDER: the pictures of the slow tests, which are not ours to pass on, into FOLDER/pictures
# from the packages that contain them; motionEye and Home Assistant. Fetches nothing that is there.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/pictures"
folder=$(cd "$1" && pwd)
pictures=$folder/pictures

has_all() {
    [ -f "$folder/SHA256SUMS" ] && (cd "$pictures" && sha256sum --status -c ../SHA256SUMS 2>/dev/null)
}

for golden in "$here"/golden/*.json; do
    sed -n 's/^ *"image": "\(.*\)",$/\1/p; s/^ *"sha256": "\(.*\)",$/\1/p' "$golden" |
        paste -d ' ' - - | sed 's/\([^ ]*\) \(.*\)/\2  \1/'
done >"$folder/SHA256SUMS"

for version in 0.44.0 0.43.1; do
    [ ! -x "$folder/motioneye-$version/bin/meyectl" ] || continue
    python3 -c 'import ensurepip' 2>/dev/null || "$here/../../pipelines/prepare.sh" --package python3-venv
    echo "Fetching motionEye $version (PyPI)"
    python3 -m venv "$folder/motioneye-$version"
    "$folder/motioneye-$version/bin/pip" install --quiet "motioneye==$version"
done

for version in 2025.4.4 2026.2.3; do
    "$here/fetch_home_assistant.sh" "$version" "$folder/home-assistant-$version"
done

if has_all; then exit 0; fi

command -v npm >/dev/null || "$here/../../pipelines/prepare.sh" --package npm
command -v pip >/dev/null || "$here/../../pipelines/prepare.sh" --package python3-pip
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo 'Fetching @vladmandic/face-api 1.7.15 (npm) and face_recognition 1.3.0 (PyPI) for their pictures'
npm pack --silent @vladmandic/face-api@1.7.15
pip download --quiet --no-deps --no-binary :all: face_recognition==1.3.0
for archive in *.tgz *.tar.gz; do tar xf "$archive"; done
cp package/demo/sample?.jpg face_recognition-1.3.0/tests/test_images/*.jpg "$pictures"
if ! has_all; then
    echo "The packages do not hold the pictures that the golden results are of" >&2
    exit 1
fi
