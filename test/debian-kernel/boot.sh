#!/busybox sh
# First process of the virtual machine: this machine's files below, the machine's own disk above, control groups of version 2, AppArmor.
set -e
busybox=/busybox
for name in dev proc lower disk root; do $busybox mkdir -p /$name; done
$busybox mount -t devtmpfs dev /dev
$busybox mount -t proc proc /proc
for module in /modules/*; do $busybox insmod "$module"; done
word() { $busybox tr ' ' '\n' < /proc/cmdline | $busybox sed -n "s/^$1=//p"; }

$busybox mount -t 9p -o ro,trans=virtio,version=9p2000.L,cache=loose,msize=512000 host /lower
$busybox mount -t ext4 /dev/vda /disk
$busybox mkdir -p /disk/upper /disk/work /disk/tmp /lib
$busybox chmod 1777 /disk/tmp
$busybox mount -t overlay -o lowerdir=/lower,upperdir=/disk/upper,workdir=/disk/work root /root
$busybox ln -s "/lower$(word slipway_modules)" /lib/modules
for module in veth bridge tun null_blk bfq zram nf_tables nft_tproxy nft_fib_inet nft_chain_nat nft_ct nft_nat nft_masq nft_fib_ipv4 nft_objref nft_dup_ipv4 fuse loop; do
  $busybox modprobe "$module" || echo "no module $module"
done
for name in proc sys dev run tmp; do $busybox mkdir -p /root/$name; done
$busybox mount -t proc proc /root/proc
$busybox mount -t sysfs sysfs /root/sys
$busybox mount -t cgroup2 cgroup2 /root/sys/fs/cgroup
$busybox mount -t securityfs securityfs /root/sys/kernel/security
$busybox mount -t devtmpfs dev /root/dev
$busybox mkdir -p /root/dev/pts /root/dev/shm
$busybox ln -s /proc/self/fd /root/dev/fd
$busybox mount -t devpts -o ptmxmode=0666,mode=0620,gid=5 devpts /root/dev/pts
$busybox mount -t tmpfs -o mode=1777 shm /root/dev/shm
$busybox mount -t tmpfs -o mode=0755 run /root/run
$busybox mount --bind /disk/tmp /root/tmp
package=$(word slipway_package)
export SLIPWAY_WORDS="$(word slipway_words)" SLIPWAY_APPARMOR="$(word slipway_apparmor)" PATH="$(word slipway_path)"
cd "/root$package"
exec $busybox switch_root /root /bin/bash "$package/test/debian-kernel/session.sh" "$package"
