# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a folder lies on a network: the journal is a database for one machine. No bpy."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path, PureWindowsPath

from ..errors import BadInput

__all__ = ["ALLOW", "check_home", "network_of"]

ALLOW = "IMG3D_SHARED_HOME"
"""The environment variable by which a user insists, as where only one machine ever uses the folder."""

# No 9p and virtiofs: a container or a guest has its own machine's folders by them.
_NETWORK = frozenset(
    [
        *("acfs", "afpfs", "afs", "beegfs", "ceph", "cephfs", "cifs", "coda", "davfs", "fhgfs", "ftp", "gfs", "gfs2"),
        *("glusterfs", "gpfs", "lustre", "mmfs", "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "panfs", "prl_fs"),
        *("pvfs2", "smb2", "smb3", "smbfs", "vboxsf", "webdav", "wekafs"),
    ]
)
_FUSE = frozenset(
    [
        *("blobfuse", "blobfuse2", "ceph-fuse", "curlftpfs", "davfs2", "deadline_vfs", "gcsfuse", "glusterfs"),
        *("goofys", "juicefs", "mount-s3", "mountpoint-s3", "rclone", "s3fs", "smbnetfs", "sshfs", "vmhgfs-fuse"),
    ]
)
_DRIVE_REMOTE = 4  # of GetDriveTypeW


def check_home(home: Path, *, environ: Mapping[str, str] | None = None) -> None:
    """Raise `BadInput` when the journal in `home` would lie on a network, unless the user insists by `ALLOW`."""
    environ = os.environ if environ is None else environ
    if environ.get(ALLOW, "").strip() not in ("", "0"):
        return
    if kind := network_of(home):
        raise BadInput(
            f"The journal would be in {home}, which is on a network ({kind}): several machines cannot keep it together",
            advice=f"Set IMG3D_HOME to a folder on a disk of this machine, another one for each task; "
            f"{ALLOW}=1 insists, where no other machine uses that folder.",
        )


def network_of(folder: Path) -> str:
    """Return the kind of network file system that holds `folder` (made or not), empty for a disk or where unknown."""
    place = folder.absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        if sys.platform == "win32":
            return _windows_drive(place)
        place = place.resolve()
        if sys.platform == "darwin":
            said = subprocess.run(["/sbin/mount"], capture_output=True, text=True, check=False, timeout=10).stdout
            return kind_of_mount(place, mac_mounts(said))
        return kind_of_mount(place, linux_mounts(Path("/proc/self/mounts").read_text(errors="surrogateescape")))
    except (OSError, subprocess.SubprocessError):
        return ""  # nobody can tell here


def linux_mounts(text: str) -> list[tuple[str, str]]:
    """Return (mount point, type) of each line of /proc/self/mounts, where a space is written as its octal number."""
    fields = [line.split(" ") for line in text.splitlines()]
    return [(re.sub(r"\\([0-7]{3})", _character, one[1]), one[2]) for one in fields if len(one) > 2]


def mac_mounts(text: str) -> list[tuple[str, str]]:
    """Return (mount point, type) of each line of the program `mount`."""
    return re.findall(r"^.+? on (/.*) \((\w+)[,)]", text, re.MULTILINE)


def kind_of_mount(place: Path, mounts: Iterable[tuple[str, str]]) -> str:
    """Return the type of the mount that holds `place` if that is a network's; a later mount covers an earlier one."""
    best, kind = -1, ""
    for point, found in mounts:
        if len(point) >= best and place.is_relative_to(point):
            best, kind = len(point), found
    name = kind.removeprefix("fuse.")
    return name if name in (_FUSE if kind != name else _NETWORK) else ""


def windows_share(place: str) -> bool:
    r"""Tell whether a path names a share of a machine: \\server\share, also behind the prefix of long paths."""
    drive = PureWindowsPath(place).drive.replace("/", "\\")
    return drive.startswith("\\\\") and (not drive.startswith(("\\\\?\\", "\\\\.\\")) or drive[4:8].upper() == "UNC\\")


def _windows_drive(place: Path) -> str:
    if sys.platform != "win32":
        return ""
    import ctypes

    if windows_share(str(place)):
        return "a share"
    return "a network drive" if ctypes.windll.kernel32.GetDriveTypeW(place.anchor) == _DRIVE_REMOTE else ""


def _character(found: re.Match[str]) -> str:
    return chr(int(found[1], 8))
