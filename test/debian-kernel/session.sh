#!/bin/bash
# Second half of the virtual machine's start: AppArmor's programs, groups as systemd lays them out, then what is to be run; its status
# goes to the second serial port.
cd "$1" || exit 1
export CI=1 NO_COLOR=1 TERM=dumb HOME=/root LANG=C.UTF-8 SLIPWAY_TEST_SESSIONS=/sys/fs/cgroup/user.slice
ip link set lo up
hostname debian-kernel
tar -x --keep-directory-symlink -C / -f "$SLIPWAY_APPARMOR" || exit 1
groups=/sys/fs/cgroup
mkdir -p $groups/init.scope $groups/system.slice/tests.service
echo $$ > $groups/init.scope/cgroup.procs
all="+cpu +cpuset +io +memory +pids"
echo $all > $groups/cgroup.subtree_control

# One user has a session of the kind in which systemd hands a subtree down, another has none.
user=$(id -u slipway-test)
service=$groups/user.slice/user-$user.slice/user@$user.service
mkdir -p "$service/app.slice/tests.scope"
for level in $groups/user.slice $groups/user.slice/user-$user.slice "$service"; do echo $all > "$level/cgroup.subtree_control"; done
chown -R slipway-test "$service/app.slice"
chown slipway-test "$service" "$service"/cgroup.{procs,threads,subtree_control}
ln -s "$service/app.slice/tests.scope" /run/session-of-slipway-test

echo 0 > $groups/system.slice/tests.service/cgroup.procs || exit 1
mapfile -t words < <(base64 -d <<< "$SLIPWAY_WORDS")
(
  echo $BASHPID > $groups/system.slice/tests.service/cgroup.procs
  exec "${words[@]}"
) < /dev/null
echo $? > /dev/ttyS1
sync
echo o > /proc/sysrq-trigger
while :; do :; done # process 1 may not end before the machine does
