#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs the packages that are missing (Debian and its relatives) and builds hafaces in build/.
# demo.sh and tests/run.sh call it; when nothing changed it takes a second.
set -eu

usage() {
    cat <<'END'
Usage: pipelines/prepare.sh [--tests] [--package NAME]... [MESON-OPTION]...

  --tests         also what the tests need, and build them
  --package NAME  also this Debian package
  MESON-OPTION    such as -Dwerror=true
END
}

root=$(cd "$(dirname "$0")/.." && pwd)
build=$root/build
packages='g++ meson ninja-build pkg-config libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev
    libopencv-core-dev libopencv-imgproc-dev libopencv-dnn-dev libjpeg-dev libpango1.0-dev libsoup-3.0-dev glib-networking libmosquitto-dev nlohmann-json3-dev
    gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good fonts-dejavu-core'
targets='gst/libgsthafaces.so gst/libgsthafacesnet.so src/daemon/hafaces
    models/ssd_mobilenetv1.onnx'
options=''

while [ $# -gt 0 ]; do
    case $1 in
    --tests)
        packages="$packages libgtest-dev libpng-dev exiv2 curl
            gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-libav motion mosquitto"
        # GstAnalytics came with GStreamer 1.24.
        grep -q bookworm /etc/os-release || packages="$packages libgstreamer-plugins-bad1.0-dev"
        options="$options -Dtests=enabled"
        targets=''
        ;;
    --package)
        packages="$packages $2"
        shift
        ;;
    -D*) options="$options $1" ;;
    --help | -h)
        usage
        exit 0
        ;;
    *)
        usage >&2
        exit 2
        ;;
    esac
    shift
done

is_installed() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

install_missing() {
    command -v dpkg-query >/dev/null || {
        echo "This is no Debian system: see to it that there are the equivalents of" $packages >&2
        return 0
    }
    missing=''
    for package in $packages; do
        is_installed "$package" || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    echo "Installing Debian packages:$missing"
    as_root=''
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || {
            echo "Neither root nor sudo here. Have somebody run: apt-get install$missing" >&2
            return 1
        }
        as_root=sudo
    fi
    $as_root apt-get -q update
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends $missing
}

# The options that build/ does not have yet.
new_options() {
    had=" $(cat "$options_file" 2>/dev/null || true) "
    for option in $options; do
        case $had in
        *" $option "*) ;;
        *) echo "$option" ;;
        esac
    done
}

build() {
    options_file=$build/prepare-options
    # shellcheck disable=SC2086
    if [ ! -f "$build/build.ninja" ]; then
        meson setup "$build" "$root" $options
        echo $options >"$options_file"
    elif [ -n "$(new_options)" ]; then
        meson setup --reconfigure "$build" "$root" $options
        echo "$(cat "$options_file" 2>/dev/null || true)" $options >"$options_file"
    fi
    # shellcheck disable=SC2086
    ninja -C "$build" $targets
}

install_missing
build
