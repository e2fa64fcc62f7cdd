#!/bin/sh
# A command in a copy of this repository, on another system than this one: as root, with debootstrap.
#
#   tools/elsewhere.sh SYSTEM [COMMAND]    SYSTEM is trixie (Debian 13), noble or resolute (Ubuntu 24.04, 26.04)
#
# The system is made once, in .cache/elsewhere/SYSTEM, by Debian's or Ubuntu's packages. What is committed here is cloned into
# it, afresh each time; its virtual environment stays. COMMAND is `make demo` when none is given.
set -eu

usage="usage: tools/elsewhere.sh trixie|noble|resolute [COMMAND]"
system=${1:?"$usage"}
command=${2:-make demo}
case "$system" in
    trixie) mirror=http://deb.debian.org/debian; check='' script=''; components=main ;;
    noble | resolute) mirror=http://archive.ubuntu.com/ubuntu; check=--no-check-gpg script=gutsy; components=main,universe ;;
    *) echo "$usage" >&2; exit 2 ;;
esac
if [ "$(id -u)" -ne 0 ]; then
    echo "Making a system needs root." >&2
    exit 1
fi
here=$(cd "$(dirname "$0")/.." && pwd)
root=$here/.cache/elsewhere/$system
if [ ! -e "$root/made" ]; then
    command -v debootstrap >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y -q debootstrap
    scripts=/usr/share/debootstrap/scripts
    rm -rf "$root"
    mkdir -p "$root"
    # An older debootstrap does not know the newer releases' names; how they are made has not changed.
    if [ -n "$script" ] && [ -e "$scripts/$system" ]; then script=''; fi
    # shellcheck disable=SC2086  # a word each, or none
    debootstrap $check --variant=minbase --components="$components" \
        --include=python3,python3-venv,git,make,ca-certificates,bubblewrap,libseccomp2 \
        "$system" "$root" "$mirror" ${script:+"$scripts/$script"}
    touch "$root/made"
fi
# A mount namespace with another root, and not a chroot: in a chroot nobody may make a sandbox.
export here root command
# shellcheck disable=SC2016  # for the inner shell
exec unshare --mount --propagation private sh -euc '
    mount --bind "$root" "$root"
    for folder in /proc /dev /sys; do mount --rbind "$folder" "$root$folder"; done
    mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
    mkdir -p "$root/before" "$root/srv/from"
    mount --bind "$here" "$root/srv/from"
    mount --bind -o ro /etc/ssl/certs "$root/etc/ssl/certs"
    cp --remove-destination -L /etc/resolv.conf "$root/etc/resolv.conf"
    cd "$root"
    pivot_root . before
    umount -l /before
    export HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    git config --global --add safe.directory "*"
    [ -d /srv/course ] || git clone -q /srv/from /srv/course
    cd /srv/course
    git fetch -q
    git reset -q --hard origin/HEAD
    exec sh -euc "$command"
'
