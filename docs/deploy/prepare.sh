#!/bin/sh
# The accounts and folders that a course needs on a hub, each with its rights. Run as root; run again, it mends rights.
#
#   sh prepare.sh backprop101
set -eu

course=${1:?"usage: prepare.sh COURSE"}
account=grader-$course
exchange=/srv/nbgrader/exchange

# Who may grade. Add a person: usermod -aG formgrade-COURSE NAME
getent group "formgrade-$course" >/dev/null || groupadd "formgrade-$course"

# The course's own account. It has no password, so nobody logs in with it; its home is its own.
getent passwd "$account" >/dev/null || useradd --create-home --shell /bin/bash "$account"
home=$(getent passwd "$account" | cut -d: -f6)
chmod 700 "$home"
install -d -m 700 -o "$account" -g "$account" "$home/$course"

# What the hub keeps between restarts: its database, and the secret that signs its cookies.
install -d -m 700 /var/lib/jupyterhub

# The exchange. Students write into it; the sticky bit (1...) keeps each one's hands off what is another's.
install -d -m 755 /srv/nbgrader
install -d -m 1777 "$exchange"
install -d -m 755 -o "$account" -g "$account" "$exchange/$course" "$exchange/$course/outbound"
# To be entered and written into, not listed: nobody sees who handed in what.
install -d -m 1733 -o "$account" -g "$account" "$exchange/$course/inbound"
install -d -m 711 -o "$account" -g "$account" "$exchange/$course/feedback"
