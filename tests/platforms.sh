#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds and tests what is committed in bare chroots of Debian releases, where nothing is installed but
# git and ca-certificates: what the project's own scripts fail to install shows here.
set -eu

usage() {
    cat <<'END'
Usage: tests/platforms.sh [RELEASE]...   (as root; default: bookworm trixie)

Makes a chroot for each release with debootstrap, from the mirror that apt uses here, and runs
pipelines/demo.sh and tests/run.sh in a clone. Takes five minutes a release.
END
}

case ${1-} in
-*)
    usage
    [ "$1" = --help ] || [ "$1" = -h ] || exit 2
    exit 0
    ;;
esac
[ "$(id -u)" = 0 ] || {
    echo 'platforms.sh: making a chroot needs root' >&2
    exit 1
}
root=$(cd "$(dirname "$0")/.." && pwd)
[ $# -gt 0 ] || set -- bookworm trixie
"$root/pipelines/prepare.sh" --package debootstrap >/dev/null

# "Origin: Debian" leaves out the mirrors of other vendors and of security updates.
mirror=$(apt-get indextargets --format '$(SITE) $(ORIGIN) $(LABEL)' 'Identifier: Packages' |
    sed -n 's/^\([^ ]*\) Debian Debian$/\1/p' | head -n 1)
[ -n "$mirror" ] || {
    echo 'platforms.sh: apt knows no mirror of Debian; run apt-get update' >&2
    exit 1
}

chroot=$(mktemp -d)
leave() {
    umount "$chroot/proc" "$chroot/dev" 2>/dev/null || true
    rm -rf --one-file-system "$chroot"
}
trap leave EXIT
trap 'exit 1' INT TERM HUP

inside() {
    chroot "$chroot" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb "$@"
}

for release; do
    echo "== $release"
    debootstrap --variant=minbase --include=git,ca-certificates "$release" "$chroot" "$mirror" \
        >"$root/build/debootstrap-$release.log"
    cp -r /etc/apt/apt.conf.d/. "$chroot/etc/apt/apt.conf.d/"
    cp /etc/resolv.conf /etc/hosts "$chroot/etc/"
    mount -t proc proc "$chroot/proc"
    mount --bind /dev "$chroot/dev"
    git clone -q --no-hardlinks "$root" "$chroot/hafaces"
    inside sh -c 'cd /hafaces && ./pipelines/demo.sh && ./tests/run.sh' \
        >"$root/build/platform-$release.log" 2>&1 || {
        tail -n 50 "$root/build/platform-$release.log"
        echo "$release failed; all of it: build/platform-$release.log" >&2
        exit 1
    }
    grep -E '^(\{|Faces:|Picture:)|GstAnalytics|passed, ' "$root/build/platform-$release.log"
    leave
    mkdir -p "$chroot"
done
