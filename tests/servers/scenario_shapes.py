# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON that Scenario's interface answers with, as its page and its SDK say. Standard library only."""

from .glb import archive, glb, obj, png

DATE = "2026-11-21T10:00:00.000Z"
AUTHOR, PROJECT, TEAM = "user_1", "proj_x", "team_1"
COUNTS = """
apiKeys canvasAssetLayers canvasAssets collections defaultSeats downloadAssets downloadModel inferenceBatchSize
maxCooldown maxTrainingDatasets minCooldown models OTPSessions parallelCustomJobs parallelInferences parallelTraining
parallelWorkflowRuns premiumGenerationSamples projects scalingFactor seats snapshotsRetention upload
""".split()  # noqa: SIM905
MATERIAL = b"newmtl model\nmap_Kd texture.png\n"
KINDS = {
    "glb": ("3d", "model/gltf-binary", "img23d", glb),
    "glb_too": ("3d", "model/glb", "img23d", lambda: glb(2.0)),
    "obj": ("3d", "model/obj", "img23d", obj),
    "zip": ("3d", "application/zip", "img23d", archive),
    "evil": ("3d", "application/zip", "img23d", lambda: archive({"../evil.obj": obj()})),
    "hollow": ("3d", "application/zip", "img23d", lambda: archive({})),
    "mtl": ("3d", "model/mtl", "3d:texture:mtl", lambda: MATERIAL),
    "texture": ("image", "image/png", "3d:texture:albedo", png),
    "preview": ("image", "image/png", "uploaded", png),
}
"""The assets that a job may have made: kind, media type, source and bytes."""


def error(words, *, key="message", **more):
    """Return the body of a refusal; the sentence stands below `key`."""
    return {key: words, "trace_id": "trace-77", **more}


def asset(name, *, kind, mime, source, size, status="success", url="", owner=PROJECT, **properties):
    return {
        "id": name,
        "url": url,
        "kind": kind,
        "mimeType": mime,
        "status": status,
        "source": source,
        "metadata": {"kind": kind, "type": source.replace(":", "-")},
        "properties": {"size": size, **properties},
        "authorId": AUTHOR,
        "ownerId": owner,
        "privacy": "private",
        "collectionIds": [],
        "editCapabilities": [],
        "tags": [],
        "outputIndex": 0,
        "createdAt": DATE,
        "updatedAt": DATE,
    }


def job(name, *, status="queued", progress=0.0, assets=(), inputs=None, billing=None, owner=PROJECT, **metadata):
    body = {
        "jobId": name,
        "jobType": "custom",
        "status": status,
        "progress": progress,
        "metadata": {"assetIds": list(assets), "input": inputs or {}, **metadata},
        "statusHistory": [{"status": "queued", "date": DATE}],
        "authorId": AUTHOR,
        "ownerId": owner,
        "createdAt": DATE,
        "updatedAt": DATE,
    }
    return body | ({"billing": billing} if billing else {})


def price(units):
    return {"creativeUnitsCost": units, "creativeUnitsDiscount": 0, "costDetails": {"custom-generation": units}}


def upload(name, *, status, given, parts, entity="", failure="", owner=PROJECT):
    body = {
        "id": name,
        "status": status,
        "kind": given["kind"],
        "source": "multipart",
        "fileName": given["fileName"],
        "originalFileName": given["fileName"],
        "contentType": given["contentType"],
        "fileSize": given["fileSize"],
        "partsCount": given["parts"],
        "parts": parts,
        "jobId": f"job_of_{name}",
        "authorId": AUTHOR,
        "ownerId": owner,
        "createdAt": DATE,
        "updatedAt": DATE,
    }
    return body | ({"entityId": entity} if entity else {}) | ({"errorMessage": failure} if failure else {})


def teams():
    project = {"id": PROJECT, "name": "Chairs", "createdAt": DATE, "updatedAt": DATE}
    context = {"invitationsCount": 0, "keysCount": 1, "userRole": "key", "usersCount": 1}
    made = {"createdAt": DATE, "updatedAt": DATE, "context": context, "plan": "cu-pro"}
    return [
        {"id": "team_0", "name": "Nobody's", "type": "personal", "projects": [], **made},
        {"id": TEAM, "name": "Example Studio", "type": "shared", "projects": [project], **made},
    ]


def limits(*, plan_units, used, bought):
    counts = dict.fromkeys(COUNTS, 10)
    values = {name: 1 for name in ("apiKeys", "canvasAssets", "collections", "projects", "seats")}
    one_shot = {"amount": 500, "remaining": bought, "createdAt": DATE, "updatedAt": DATE, "expiration": DATE}
    return {
        "limits": {**counts, "creativeUnits": plan_units},
        "values": {**values, "creativeUnits": used},
        "oneShotCreativeUnits": [one_shot] if bought else [],
        "period": {"start": DATE, "end": DATE},
        "plan": "cu-pro",
    }
