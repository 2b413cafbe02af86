# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a multipart form strictly (RFC 7578), so that a sloppy client is caught. Standard library only."""

import re
from dataclasses import dataclass, field


@dataclass
class UploadedFile:
    filename: str
    mime: str
    data: bytes = field(repr=False)


def parse_form(content_type, body):
    """Return (fields, files), both by name; `ValueError` says what is wrong."""
    kind, _, rest = content_type.partition(";")
    boundary = re.fullmatch(r'\s*boundary="?([0-9A-Za-z\'()+_,./:=?-]{1,70})"?\s*', rest)
    if kind.strip().lower() != "multipart/form-data" or not boundary:
        raise ValueError(f"no multipart form: {content_type!r}")
    mark = b"--" + boundary[1].encode()
    if not body.startswith(mark + b"\r\n") or not body.rstrip(b"\r\n").endswith(mark + b"--"):
        raise ValueError("the form does not begin or end with its boundary")
    fields, files = {}, {}
    for part in (b"\r\n" + body).split(b"\r\n" + mark)[1:-1]:
        head, blank, data = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        if not blank:
            raise ValueError("a part without a blank line after its headers")
        name, filename, mime = _head(head.decode("utf-8"))
        if name in fields or name in files:
            raise ValueError(f"{name} comes twice")
        if filename is None:
            fields[name] = data.decode("utf-8")
        else:
            files[name] = UploadedFile(filename, mime, data)
    return fields, files


def _head(text):
    headers = dict(re.findall(r"^([\w-]+): *(.*?)\r?$", text.lower(), re.MULTILINE))
    found = re.search(
        r'^content-disposition: form-data; name="([^"]+)"(?:; filename="([^"]*)")?\r?$', text, re.I | re.M
    )
    if not found:
        raise ValueError(f"a part without a name: {text!r}")
    return found[1], found[2], headers.get("content-type", "")
