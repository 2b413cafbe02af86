# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets that are marked, and the search for them in all forms, in everything that was written."""

import base64
import gzip
import io
import json
import sqlite3
import zipfile
from pathlib import Path
from urllib.parse import quote

KEY = "sk-MARK/7f3a+91c2=d4e5_b6a8"  # letters that quoting, JSON and base64 all change
TOKEN = "Sig/MARK+4d1e=77aa"  # of a signed address
JOURNAL = ("journal.sqlite3", "journal.sqlite3-wal", "journal.sqlite3-shm", "paid.json")  # signed addresses are theirs


def forms(secret):
    """Return a secret as it may stand in a file: plain, quoted, escaped, as base64 in any place, as UTF-16, as hex."""
    plain = secret.encode()
    found = {plain, plain.hex().encode(), quote(secret, safe="").encode(), quote(secret).encode()}
    found |= {secret.encode("utf-16-le"), secret.encode("utf-16-be"), json.dumps(secret)[1:-1].encode()}
    found |= {secret.replace("/", "\\/").encode(), "".join(f"\\u{ord(letter):04x}" for letter in secret).encode()}
    for before in range(3):  # in a longer base64 text its letters depend on what stands before
        coded = base64.b64encode(b"\0" * before + plain)
        found.add(coded[4 if before else 0 : -4])
    found |= {form.replace(b"+", b"-").replace(b"/", b"_") for form in found}
    return {form for form in found if len(form) >= 12}


def leaks(data, secrets):
    """Return the secrets that stand in some bytes, in any form; upper and lower case of quoting do not matter."""
    lower = data.lower()
    return [secret for secret in secrets if any(form in data or form.lower() in lower for form in forms(secret))]


def unpacked(data, name=""):
    """Yield bytes and what is packed in them."""
    yield data
    if data[:2] == b"\x1f\x8b":
        yield gzip.decompress(data)
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.namelist():
                yield from unpacked(archive.read(entry), entry)
    assert data[:4] != b"\x28\xb5\x2f\xfd", f"{name} is compressed in a way that is not searched"


def rows(path):
    """Yield every value of a database."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall():
            for row in connection.execute(f"SELECT * FROM {table}"):
                yield from (value if isinstance(value, bytes) else str(value).encode() for value in row)
    finally:
        connection.close()


def written(folders, secrets, tokens=()):
    """Return where in the files of some folders a secret stands; tokens may stand in the journal."""
    found = []
    for path in (path for folder in folders for path in Path(folder).rglob("*") if path.is_file()):
        pieces = list(unpacked(path.read_bytes(), path.name))
        if path.name == JOURNAL[0]:
            pieces += rows(path)
        sought = [*secrets, *(() if path.name in JOURNAL else tokens)]
        found += [(str(path), leak) for piece in pieces for leak in leaks(piece, sought)]
        found += [("the name of a file", leak) for leak in leaks(str(path).encode(errors="replace"), sought)]
    return found
