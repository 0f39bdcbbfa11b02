"""Kinds of filesystems: which hold no data of their own, which lie elsewhere; a part of `disks`.

Left out of the report, like node_exporter does: what has no blocks (PSEUDO: of Linux, of BSD
and macOS, of Solaris and AIX), images, which are full by their nature (IMAGES: a snap at 100 %
is no news), and what a container engine mounts for its containers out of a filesystem that has
a row of its own (TRANSIENT below ENGINES).
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PSEUDO = _words(
    """autofs bdev binfmt_misc bpf cgroup cgroup2 configfs cpuset debugfs devpts efivarfs fusectl
    hugetlbfs mqueue nfsd nsfs pipefs proc pstore ramfs resctrl rootfs rpc_pipefs securityfs
    selinuxfs smackfs sockfs sysfs tracefs usbfs fuse.gvfsd-fuse fuse.lxcfs fuse.portal
    devfs fdescfs kernfs linprocfs linsysfs procfs ptyfs nullfs
    bootfs ctfs dev fd lofs mntfs objfs sharefs ahafs namefs"""
)
IMAGES = _words("squashfs iso9660 erofs cramfs romfs cd9660 cdrfs hsfs fuse.snapfuse")
TRANSIENT = _words("overlay aufs tmpfs fuse.fuse-overlayfs")
ENGINES = re.compile(
    r"/(proc|sys|run/credentials|run/docker|run/(k3s/)?containerd|var/run/docker|snap"
    r"|var/lib/(docker|containerd?s?|kubelet/pods|rancher))/.*"
)
REMOTE = _words(
    """nfs nfs3 nfs4 cifs smb3 smbfs ncpfs afs coda ceph glusterfs lustre beegfs fhgfs gpfs
    orangefs panfs acfs davfs 9p virtiofs afpfs webdav vmhgfs vboxsf prl_fs"""
)
REMOTE_FUSE = re.compile(
    r"fuse\.(sshfs|s3fs|rclone|gcsfuse|goofys|ceph.*|gluster.*|curlftpfs|davfs2?|juicefs|mfs|moosefs"
    r"|vmhgfs-fuse)"
)
# What such devices are usually called, where only df tells of them.
CALLED = {"udev": "devtmpfs", "shm": "tmpfs"}
CALLED |= {name: name for name in PSEUDO | TRANSIENT | {"devtmpfs"}}
SNAP = re.compile(r"/dev/loop\d+ (/var/lib/snapd)?/snap/.*")
ELSEWHERE = re.compile(r"[^/:]+:/.*|\[[0-9a-fA-F:]+\]:/.*|//.*|https?:.*")
