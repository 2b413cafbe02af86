# SPDX-License-Identifier: GPL-3.0-or-later
"""The half of Scenario's interface that keeps files: uploads, assets, and the stores behind signed links."""

import base64
import re
from dataclasses import dataclass, field

from . import scenario_checks as checks, scenario_shapes as shapes
from .base import Reply, VendorServer
from .scenario_scenes import CONVERSION_REFUSED, DENIED, ERRORS, UPLOADS, WIRE


@dataclass
class Asset:
    kind: str
    mime: str
    source: str
    data: bytes = field(repr=False)
    scene: str = ""
    looks: int = 0  # how often it was asked for
    links: int = 0
    fetched: int = 0


@dataclass
class Upload:
    scene: str
    given: dict
    parts: dict = field(default_factory=dict)
    looks: int = 0
    done: bool = False
    entity: str = ""


class AssetServer(VendorServer):
    """Keeps what was uploaded and what jobs have made; `root` is where the stores are."""

    def __init__(self, **options):
        super().__init__(**options)
        self.assets, self.uploads, self.links = {}, {}, {}

    @property
    def root(self):
        return super().url

    def scene_of(self, kinds):
        """Take the next scene when it is one of `kinds`."""
        with self._lock:
            first = self._planned[0]
            if first not in kinds:
                return ""
            return self._planned.popleft() if len(self._planned) > 1 else first

    def wrong(self, text, *, status=400):
        self.complain(text)
        return Reply.of_json(shapes.error(text), status=status)

    def error(self, name, *, words=None):
        if name in WIRE:
            return WIRE[name]
        status, key, text, more, headers = ERRORS[name]
        reply = Reply.of_json(shapes.error(words or text, key=key, **more), status=status)
        reply.headers |= headers
        return reply

    # pictures

    def take_asset(self, request):
        wrong, data = checks.judge_asset(request.json)
        if wrong:
            return self.wrong(wrong, status=413 if "smaller" in wrong else 400)
        scene = self.scene_of(UPLOADS).removeprefix("upload_")
        if scene in ERRORS or scene in WIRE:
            return self.error(scene)
        name = self.keep(Asset("image", "image/png", "uploaded", data))
        return Reply.of_json({"asset": self.shown(name)})

    def begin_upload(self, request):
        wrong = checks.judge_upload(request.json)
        if wrong:
            return self.wrong(wrong)
        scene = self.scene_of(UPLOADS)
        if scene.removeprefix("upload_") in (*ERRORS, *WIRE):
            return self.error(scene.removeprefix("upload_"))
        name = f"upload_{len(self.uploads) + 1}"
        self.uploads[name] = Upload(scene, request.json)
        return Reply.of_json({"upload": self.upload(name, "pending")})

    def upload(self, name, status, failure=""):
        given, entity = self.uploads[name].given, self.uploads[name].entity
        parts = [
            {"number": number, "url": self.root + self.signed(f"/store/{name}/{number}"), "expires": shapes.DATE}
            for number in range(1, int(given["parts"]) + 1)
        ]
        entity = entity if status in ("imported", "complete") else ""
        return shapes.upload(name, status=status, given=given, parts=parts, entity=entity, failure=failure)

    def end_upload(self, request, name):
        upload = self.uploads.get(name)
        if upload is None or request.json != {"action": "complete"}:
            return self.wrong(f"{name}: {request.body[:80]!r}", status=404)
        wrong = checks.judge_parts(upload.given, upload.parts)
        if wrong:
            return self.wrong(wrong)
        data = b"".join(upload.parts[number] for number in sorted(upload.parts))
        wrong = checks.judge_image(data, upload.given["contentType"])
        if wrong:
            return self.wrong(wrong)
        upload.done = True
        if not upload.entity:
            upload.entity = self.keep(Asset("image", upload.given["contentType"], "uploaded", data))
        return Reply.of_json({"upload": self.upload(name, "validating")})

    def show_upload(self, request, name):
        upload = self.uploads.get(name)
        if upload is None:
            return self.wrong(f"there is no {name}", status=404)
        if not upload.done:
            return Reply.of_json({"upload": self.upload(name, "pending")})
        upload.looks += 1
        if upload.looks < 3:
            return Reply.of_json({"upload": self.upload(name, ("validating", "validated")[upload.looks - 1])})
        if upload.scene == "upload_failed":
            return Reply.of_json({"upload": self.upload(name, "failed", "The file could not be validated")})
        return Reply.of_json({"upload": self.upload(name, upload.scene.removeprefix("upload_") or "imported")})

    # assets

    def make(self, kind, scene):
        what, mime, source, data = shapes.KINDS[kind]
        return self.keep(Asset(what, mime, source, data(), scene))

    def keep(self, asset):
        with self._lock:
            name = f"asset_{len(self.assets) + 1}"
            self.assets[name] = asset
        return name

    def shown(self, name):
        """Return an asset as the interface shows it, with a link of its own."""
        asset = self.assets[name]
        asset.looks += 1
        is_model = asset.kind == "3d" and ":" not in asset.source
        status = "success"
        if is_model and asset.scene == "asset_pending" and asset.looks == 1:
            status = "pending"
        if is_model and asset.scene == "asset_error":
            status = "error"
        return shapes.asset(
            name,
            kind=asset.kind,
            mime=asset.mime,
            source=asset.source,
            size=len(asset.data),
            status=status,
            url=self.root + self.link(name) if status == "success" else "",
            **({"format": "glb", "vertexCount": 24, "faceCount": 12, "hasUVs": True} if is_model else {}),
        )

    def link(self, name, data=None):
        asset = self.assets[name]
        with self._lock:
            asset.links += 1
        path = f"/cdn/assets/{name}" + (".obj" if asset.scene == "wrong_extension" else "")
        target = self.signed(path, asset.links)
        self.links[target] = (asset, asset.links, asset.data if data is None else data)
        return target

    def signed(self, path, number=1):
        """Return a path with a query that must come back letter by letter: order, case and escapes count."""
        return f"{path}?p=100&Policy=eyJ-_~%2B{number}%2f&Key-Pair-Id=K1&Signature=b~a%20c+d&X-Amz-Date=2026"

    def show_asset(self, request, name):
        if name not in self.assets:
            return self.wrong(f"there is no {name}", status=404)
        return Reply.of_json({"asset": self.shown(name)})

    def show_assets(self, request):
        names = request.json.get("assetIds")
        if set(request.json) != {"assetIds"} or not isinstance(names, list) or not 1 <= len(names) <= 200:
            return self.wrong("assetIds: 1 to 200 ids are wanted")
        if unknown := set(names) - set(self.assets):
            return self.wrong(f"there is no {sorted(unknown)}", status=404)
        return Reply.of_json({"assets": [self.shown(name) for name in names]})

    def convert(self, request, name):
        asset = self.assets.get(name)
        wanted = request.json.get("targetFormat")
        if asset is None or set(request.json) - {"targetFormat"} or wanted not in (None, *checks.TARGETS):
            return self.wrong(f"{name}: {request.body[:80]!r}", status=404)
        if asset.scene == "original_refused" or (wanted and asset.scene in CONVERSION_REFUSED):
            return self.error("bad_request", words=f"This asset cannot be delivered as {wanted}")
        data = shapes.KINDS["glb"][3]() if wanted == "glb" else asset.data
        mime = "model/gltf-binary" if wanted == "glb" else asset.mime
        return Reply.of_json({"url": self.root + self.link(name, data), "mimeType": mime})

    # the stores know no key

    def stored(self, request):
        if "authorization" in request.headers:
            return self.wrong(f"{request.path}: the key was shown to a store")
        part = re.fullmatch("/store/(upload_[0-9]+)/([0-9]+)", request.path)
        if request.method == "PUT" and part and part[1] in self.uploads:
            return self.take_part(request, self.uploads[part[1]], int(part[2]))
        if request.method == "GET" and request.path == "/cdn/moved":
            return self.download(base64.b16decode(request.query["to"]).decode(), moved=True)
        if request.method == "GET" and request.path.startswith("/cdn/"):
            return self.download(request.target)
        return self.wrong(f"{request.method} {request.path}: there is nothing", status=404)

    def take_part(self, request, upload, number):
        if request.target != self.signed(request.path):
            return self.wrong(f"{request.target}: SignatureDoesNotMatch", status=403)
        if upload.scene == "store_refuses":
            upload.scene = ""
            return Reply(403, DENIED, {"Content-Type": "application/xml"})
        upload.parts[number] = request.body
        return Reply(200, b"", {"ETag": '"1"'})

    def download(self, target, *, moved=False):
        if target not in self.links:
            return self.wrong(f"{target}: SignatureDoesNotMatch", status=403)
        asset, link, data = self.links[target]
        with self._lock:
            asset.fetched += 1
        first = asset.fetched == 1
        whole = Reply(200, data, {"Content-Type": asset.mime})
        denied = Reply(403, DENIED, {"Content-Type": "application/xml"})
        half = len(data) // 2
        there = f"{self.root}/cdn/moved?to={base64.b16encode(target.encode()).decode()}"
        odd = {
            "link_over": denied if link == 1 else whole,
            "link_over_always": denied,
            "link_page": WIRE["html"] if link == 1 else whole,
            "cut_once": Reply(200, data, whole.headers, cut=half) if first else whole,
            "truncated": Reply(200, data[:half], whole.headers),
            "truncated_once": Reply(200, data[:half], whole.headers) if first else whole,
            "redirect": whole if moved else Reply(302, b"", {"Location": there}),
            "redirect_to_file": Reply(302, b"", {"Location": "file:///etc/passwd"}),
            "wrong_extension": Reply(200, data, {"Content-Type": "application/octet-stream"}),
            "link_limited_once": self.error("limited_header") if first else whole,
        }
        return odd.get(asset.scene, whole)
