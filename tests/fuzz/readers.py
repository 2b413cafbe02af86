# SPDX-License-Identifier: GPL-3.0-or-later
"""Our own readers of what comes from outside: each returns, or raises an `Img3dError`, whatever the bytes are."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from PIL import Image

from img3d_addon.core.batch.manifest import read_manifest
from img3d_addon.core.errors import Img3dError
from img3d_addon.core.files.delivery import open_delivery
from img3d_addon.core.files.images import inspect, prepare
from img3d_addon.core.files.inside import pictures_inside
from img3d_addon.core.files.odd_paths import with_materials
from img3d_addon.core.files.preflight import preflight, readable_by
from img3d_addon.core.files.sniff import kind_of
from img3d_addon.core.http.answer import Answer, Headers
from img3d_addon.core.http.base64text import decode
from img3d_addon.core.http.receive import is_text, read_text
from img3d_addon.core.http.refusals import refusal
from img3d_addon.core.jobs.aside import found_aside
from img3d_addon.core.jobs.rows import COLUMNS, from_row
from img3d_addon.core.values import ImageLimits, Model, Picture, Price, Task

from ..servers.glb import archive, glb, png
from .mutating import DEEP, NAMES, ODD, damaged, odd_glb, odd_json, text_of


@dataclass(frozen=True)
class Reader:
    """`read` is given the bytes and an empty folder; `suffix` names kept cases."""

    files: st.SearchStrategy
    read: Callable[[bytes, Path], Any]
    suffix: str = "bin"


def model(data, folder):
    """Read a delivered file as the core and the sidebar do, whatever its kind."""
    path = folder / "model.download"
    path.write_bytes(data)
    kind_of(data)
    kind_of(path)
    found, kind = open_delivery(path, label="The service")
    assert found.is_relative_to(folder)
    for error in (None, Img3dError):
        try:
            contents = preflight(found, kind, readable=readable_by((4, 2, 0)) if error else None)
            assert contents.faces >= 0
        except Img3dError:
            continue
    for picture in pictures_inside(found, kind):
        assert isinstance(picture, bytes)
    if kind == "obj":
        with with_materials(found) as there:
            assert there.is_file()


def archived(data, folder):
    """Read an archive; nothing may lie outside the folder afterwards."""
    inside = folder / "inside"
    inside.mkdir()
    try:
        model(data, inside)
    finally:
        assert {path.name for path in folder.iterdir()} == {"inside"}


def image(data, folder):
    path = folder / "picture.png"
    path.write_bytes(data)
    try:
        inspect(path)
    finally:
        made = prepare(path, ImageLimits(), folder=folder)
        assert made.size == made.path.stat().st_size


def answer(data, folder):
    """Read an answer as the client does: a line of headers, then the body."""
    head, _, body = data.partition(b"\n")
    names = ("content-type", "retry-after", "content-length", "location")
    values = head.decode("latin-1").split("|")
    headers = Headers(dict(zip(names, values, strict=False)))
    is_text(headers.get("content-type", ""), body[:512])
    text = read_text([body], most=1 << 20, cut=True, headers=headers)
    for status in (200, 400, 429, 500):
        found = Answer(status=status, headers=headers, text=text, provider="The service")
        assert str(refusal(found, provider="The service"))
        assert isinstance(found.object, dict)
    try:
        decode(text, folder / "decoded")
    finally:
        _ = found.json


def row(data, folder):
    """Read a line of the journal, and what was put aside."""
    values = json.loads(data)
    values = values if isinstance(values, dict) else {}
    (folder / "paid.json").write_bytes(data)
    found_aside(folder, home=folder)
    from_row({name: values.get(name) for name in COLUMNS}, home=folder, owner_alive=False)


def manifest(data, folder):
    ending, _, text = data.partition(b"\n")
    path = folder / f"rows{ending.decode('latin-1')}"
    path.write_bytes(text)
    for entry in read_manifest(path):
        assert entry.where


def glb_parts():
    """Return the JSON and the binary part of a sound GLB."""
    data = glb()
    length = int.from_bytes(data[12:16], "little")
    return json.loads(data[20 : 20 + length]), data[28 + length :]


def _picture(kind, mode="RGB", **options):
    stream = io.BytesIO()
    base = Image.linear_gradient("L").resize((24, 20))
    image = Image.merge("RGBA", (base, base.rotate(180), base, base)).convert(mode)
    image.save(stream, kind, **options)
    return stream.getvalue()


def _pictures():
    exif = Image.Exif()
    exif[274] = 6
    yield _picture("PNG", "RGBA")
    yield _picture("PNG", "L", exif=exif)
    yield _picture("PNG", "P")
    yield _picture("JPEG", exif=exif)
    yield _picture("JPEG", "CMYK")
    yield _picture("WEBP", "RGBA", lossless=True)
    yield _picture("GIF", "P", save_all=True, append_images=[Image.new("P", (24, 20))])
    yield _picture("BMP")
    yield _picture("TIFF", "RGBA", compression="tiff_lzw")
    yield _picture("TIFF", "RGB", compression="tiff_deflate")
    yield _picture("TGA", "RGBA")
    yield _picture("PPM")


@st.composite
def _archives(draw):
    stream = io.BytesIO()
    contents = [b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", glb(), png(), b"", b"newmtl a\n", bytes(4096)]
    with zipfile.ZipFile(stream, "w") as made:
        names = [name for name in NAMES if name.isprintable() and 0 < len(name) < 2000]
        for name in draw(st.lists(st.sampled_from(names), max_size=4, unique=True)):
            info = zipfile.ZipInfo(name)
            info.compress_type = draw(st.sampled_from((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA)))
            info.external_attr = draw(st.sampled_from((0o100644, 0o120777, 0o40755, 0o60644))) << 16
            made.writestr(info, draw(st.sampled_from(contents)))
    return stream.getvalue()


_WORDS = ("v", "vt", "vn", "f", "g", "o", "mtllib", "usemtl", "s", "l", "#", "newmtl", "\\")
_VALUES = ("0", "1", "-1", "99999999999999999999", "1e400", "nan", "1/1/1", "1//", "//", "-5/0", *NAMES)


@st.composite
def _objs(draw):
    lines = draw(
        st.lists(st.tuples(st.sampled_from(_WORDS), st.lists(st.sampled_from(_VALUES), max_size=5)), max_size=12)
    )
    text = "\n".join(" ".join((word, *values)) for word, values in lines)
    return ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n" + text).encode(errors="surrogatepass")


_HEADS = (
    *("application/json", "text/html; charset=utf-8", "text/plain; charset=utf-16", "text/plain; charset=base64"),
    *("application/json; charset=\x00", "model/gltf-binary", "", "text/plain; charset=hex", "text/a; charset=idna"),
)
_LATERS = ("", "7", "-1", "1e400", "nan", "9" * 5000, "Fri, 31 Dec 9999 23:59:59 GMT", "soon", "\u0663")
_BODIES = (
    *(b"[" * 100_000, b'{"a":' * 50_000, b"9" * 10_000, b'{"retry_after":' + b"9" * 400 + b"}"),
    *(b"<html>", b"\xff\xfe{", b"data:,%zz", b"QUJD"),
)
_ANSWERS = (
    {"message": "no", "errors": ["a", {"field": ["b"]}], "retry_after": 3, "remainingSeconds": 2},
    {"detail": [{"loc": ["a"], "msg": "b"}]},
    {"id": "t1", "status": "done", "output": {"urls": ["http://127.0.0.1/a.glb"]}},
    ["a", 1],
)


@st.composite
def _answers(draw):
    head = "|".join(draw(st.sampled_from(parts)) for parts in (_HEADS, _LATERS, _LATERS, NAMES[:8]))
    body = draw(
        st.one_of(
            odd_json(*_ANSWERS).map(text_of),
            damaged(*map(text_of, _ANSWERS)),
            st.sampled_from(
                (b"[" * 100_000, b'{"a":' * 50_000, b"9" * 10_000, b"<html>", b"\xff\xfe{", b"data:,%zz", b"QUJD")
            ),
            st.binary(max_size=64),
        )
    )
    return head.replace("\n", "").encode("latin-1", "replace") + b"\n" + body


def _rows():
    price = asdict(Price(amount=4, unit="credits"))
    picture = Picture(path=Path("a"), name="a", mime="a", width=1, height=1, has_alpha=False, sha256="", size=1)
    model = Model(urls=("http://127.0.0.1/a",), cost=Price(amount=4, unit="credits"), seed=1)
    columns = {
        "params": {"seed": 1},
        "after": {"out": "a.glb"},
        "picture": {**asdict(picture), "path": "a.png"},
        "task": asdict(Task("t1", {"a": 1})),
        "model": {**asdict(model), "path": "b.glb"},
        "price": price,
        "cost": price,
    }
    texts = dict.fromkeys(COLUMNS, "x") | {"created": 1.0, "updated": 2.0, "fraction": 0.5, "seed": 1, "submits": 1}
    inner = st.fixed_dictionaries(
        {name: odd_json(value, most=2).map(lambda v: text_of(v).decode()) for name, value in columns.items()}
    )
    outer = st.dictionaries(
        st.sampled_from(COLUMNS), st.sampled_from([item for item in ODD if item != DEEP]), max_size=2
    )
    return st.tuples(inner, outer).map(lambda both: json.dumps({**texts, **both[0], **both[1]}).encode())


_CSVS = (
    b'picture,provider,seed\na.png,offline,1\n"b.png",,\n',
    b"\xef\xbb\xbfpicture;out;note\r\na.png;b.glb;\r\n",
    b"picture\tfaces\na.png\t100\n",
)
_ROWS = ([{"picture": "a.png", "params": {"seed": 1}, "after": {"size": 2}, "provider": "offline", "out": "a.glb"}],)


@st.composite
def _manifests(draw):
    ending = draw(st.sampled_from((".csv", ".tsv", ".json", ".jsonl")))
    if ending in (".csv", ".tsv"):
        body = draw(st.one_of(damaged(*_CSVS), st.sampled_from((b'picture\n"' + b"a" * 200_000, b"picture\n\0\n"))))
    elif ending == ".json":
        body = draw(st.one_of(odd_json(*_ROWS).map(text_of), damaged(text_of(_ROWS[0]))))
    else:
        body = draw(st.one_of(odd_json(_ROWS[0][0]).map(text_of), damaged(text_of(_ROWS[0][0]))))
    return ending.encode() + b"\n" + body


READERS = {
    "glb": Reader(st.one_of(odd_glb(*glb_parts()), damaged(glb())), model, "glb"),
    "gltf": Reader(odd_json(glb_parts()[0]).map(text_of), model, "gltf"),
    "obj": Reader(st.one_of(_objs(), damaged(b"mtllib a.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")), model, "obj"),
    "zip": Reader(
        st.one_of(_archives(), st.builds(archive).flatmap(damaged), _archives().flatmap(damaged)), archived, "zip"
    ),
    "image": Reader(damaged(*_pictures(), most=4), image, "img"),
    "answer": Reader(_answers(), answer, "txt"),
    "row": Reader(_rows(), row, "json"),
    "manifest": Reader(_manifests(), manifest, "txt"),
}
