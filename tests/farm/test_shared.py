# SPDX-License-Identifier: GPL-3.0-or-later
"""A journal on a network is refused."""

import subprocess
import sys
from pathlib import Path

import pytest

from img3d_addon.core.batch import shared
from img3d_addon.core.errors import BadInput

from .programs import environ, pictures

LINUX = r"""/dev/sda1 / ext4 rw,relatime 0 0
server:/export/home /home nfs4 rw,vers=4.2 0 0
tmpfs /home/local tmpfs rw 0 0
//nas/our\040projects /mnt/our\040projects cifs rw 0 0
systemd-1 /mnt/auto autofs rw 0 0
server:/auto /mnt/auto nfs rw 0 0
bucket /mnt/bucket fuse.s3fs rw 0 0
portal /run/user/1/doc fuse.portal rw 0 0
"""
MAC = """/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled)
//artist@nas._smb._tcp.local/Projects (1) on /Volumes/Projects (1) (smbfs, nodev, nosuid, mounted by artist)
nas:/vol on /Volumes/vol (nfs)
"""


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("/var/lib/img3d", ""),
        ("/home/artist/.local/share/img3d", "nfs4"),
        ("/home/local/img3d", ""),
        ("/homework", ""),
        ("/mnt/our projects/img3d", "cifs"),
        ("/mnt/auto/x", "nfs"),
        ("/mnt/bucket/x", "s3fs"),
        ("/run/user/1/doc/x", ""),
    ],
)
def test_the_mount_that_holds_a_folder_on_linux(place, kind):
    assert shared.kind_of_mount(Path(place), shared.linux_mounts(LINUX)) == kind


@pytest.mark.parametrize(
    ("place", "kind"),
    [("/Users/a", ""), ("/Volumes/Projects (1)/img3d", "smbfs"), ("/Volumes/vol/a", "nfs"), ("/Volumes/USB", "")],
)
def test_the_mount_that_holds_a_folder_on_macos(place, kind):
    assert shared.kind_of_mount(Path(place), shared.mac_mounts(MAC)) == kind


@pytest.mark.parametrize(
    ("place", "is_share"),
    [
        (r"\\nas\projects\img3d", True),
        ("//nas/projects/img3d", True),
        (r"\\?\UNC\nas\projects\img3d", True),
        (r"\\?\C:\img3d", False),
        (r"C:\Users\a", False),
        ("C:/Users/a", False),
    ],
)
def test_a_share_of_windows(place, is_share):
    assert shared.windows_share(place) is is_share


def test_a_folder_of_this_machine_may_be_missing_still(tmp_path):
    assert shared.network_of(tmp_path / "not" / "there" / "yet") == ""
    shared.check_home(tmp_path / "home", environ={})


def test_the_refusal_says_what_to_do_and_gives_way_to_a_user_who_insists(tmp_path, monkeypatch):
    monkeypatch.setattr(shared, "network_of", lambda folder: "nfs4")
    for around in ({}, {shared.ALLOW: "0"}):
        with pytest.raises(BadInput, match=r"on a network \(nfs4\).*IMG3D_HOME.*IMG3D_SHARED_HOME=1"):
            shared.check_home(tmp_path, environ=around)
    shared.check_home(tmp_path, environ={shared.ALLOW: "1"})


ON_A_SHARE = """
import os, sys
from img3d_addon.core.batch import shared
shared.network_of = lambda folder: "cifs"
from img3d_addon.blender.cli import main
status = main(sys.argv[1:], module=True)
sys.stderr.flush()
os._exit(status)
"""


def test_a_batch_refuses_before_anything_is_written(tmp_path):
    source = pictures(tmp_path / "pictures", ["coin"])
    command = [sys.executable, "-c", ON_A_SHARE, "batch", str(source), "--out", str(tmp_path / "out")]
    done = subprocess.run(command, env=environ(), capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == BadInput.exit_status
    assert "on a network (cifs)" in done.stderr
    assert not (tmp_path / "out").exists()
