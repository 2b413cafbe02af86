# SPDX-License-Identifier: GPL-3.0-or-later
"""Content decides the kind, whatever the name says."""

import io
import zipfile

import pytest

from img3d_addon.core.files.sniff import kind_of
from tests.servers.glb import archive, glb, obj, png


def usdz(compression=zipfile.ZIP_STORED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as packed:
        packed.writestr("scene.usdc", b"PXR-USDC" + bytes(50))
        packed.writestr("texture.png", png())
    return buffer.getvalue()


CASES = {
    "glb": glb(),
    "zip": archive(),
    "usdz": usdz(),
    "obj": obj(),
    "gltf": b'\n {"asset": {"version": "2.0"}}',
    "json": b'{"error": "no"}',
    "html": b"\n<!DOCTYPE html>",
    "stl": b"solid in name only".ljust(80) + (2).to_bytes(4, "little") + bytes(100),
    "ply": b"ply\nformat ascii 1.0\n",
    "fbx": b"Kaydara FBX Binary  \0",
    "usda": b"#usda 1.0\n",
    "usdc": b"PXR-USDC" + bytes(20),
    "png": png(),
    "empty": b"",
    "unknown": bytes(100),
}


@pytest.mark.parametrize("kind", CASES)
def test_each_kind_is_told_from_its_content(tmp_path, kind):
    path = tmp_path / "model.glb"
    path.write_bytes(CASES[kind])
    assert kind_of(path) == kind
    assert kind_of(CASES[kind]) == kind


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"# a comment\n# another\nv 0 0 0\n", "obj"),
        (b"\xef\xbb\xbfmtllib a.mtl\r\nv 1 2 3\r\n", "obj"),
        (b"solid x\nfacet normal 0 0 1\n", "stl"),
        (b"solid nonsense", "unknown"),
        (b"PK\x05\x06" + bytes(18), "zip"),
        (usdz(zipfile.ZIP_DEFLATED), "zip"),
        (b"service unavailable", "unknown"),
        (b"[]", "json"),
        (b"PK\x03\x04", "zip"),
    ],
)
def test_odd_ones(data, kind):
    assert kind_of(data) == kind
