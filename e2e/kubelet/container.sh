# container.sh SCRATCH IMAGE HOSTNAME HOSTS [SOURCE TARGET ro|rw]... -- COMMAND...
#
# Becomes COMMAND in the root file system of a container: the folder IMAGE, this machine's /usr and /etc, and the mounts.
# What the container writes outside of its mounts lies in memory and goes with it. SCRATCH is an empty folder.
set -eu
scratch=$1 image=$2 hostname=$3 hosts=$4
shift 4

mount -t tmpfs container "$scratch"
cd "$scratch"
mkdir upper work root none etc-upper etc-work
mount -t overlay -o "lowerdir=${image:-none},upperdir=upper,workdir=work" container root
mkdir -p root/etc
mount -t overlay -o "lowerdir=/etc,upperdir=etc-upper,workdir=etc-work" container root/etc
cd root

mkdir -p usr proc sys dev tmp run root var
chmod 1777 tmp
for link in bin sbin lib lib32 lib64 libx32; do
	if [ -L "/$link" ] && [ ! -e "$link" ]; then cp -P "/$link" "$link"; fi
done
mount --bind /usr usr
mount -o remount,bind,ro usr
mount --bind "$hosts" etc/hosts
mount -t proc proc proc
mount --rbind /dev dev
hostname "$hostname"

while [ "$1" != -- ]; do
	mkdir -p ".$2"
	mount --bind "$1" ".$2"
	if [ "$3" = ro ]; then mount -o remount,bind,ro ".$2"; fi
	shift 3
done
shift

exec chroot . "$@"
