# SPDX-License-Identifier: GPL-3.0-or-later
"""What Scenario's interface on loopback can be told to play. Standard library only."""

from .base import HTML, Reply

DENIED = b"<?xml version='1.0' encoding='UTF-8'?><Error><Code>AccessDenied</Code><Message>Expired</Message></Error>"

# refusals: status, the key of the sentence, the sentence, more fields and headers
ERRORS = {
    "bad_request": (400, "message", "decimationTarget: must be at least 5000", {}, {}),
    "reason_first": (400, "reason", "The asset is being deleted", {"message": "Bad Request", "error": "no"}, {}),
    "error_key": (400, "error", "texSlatRescaleT is not a number", {"detail": "later"}, {}),
    "detail_key": (400, "detail", "The body is not an object", {}, {}),
    "nested": (400, "error", {"message": "An asset of kind image is needed"}, {}, {}),
    "unauthorized": (401, "message", "Invalid API key or secret", {}, {}),
    "no_units": (402, "message", "Not enough creative units: this job needs 60, and 12 are left", {}, {}),
    "no_units_403": (403, "reason", "You have insufficient creative units, upgrade your plan", {}, {}),
    "plan": (403, "message", "model_pixal3d needs the Pro plan", {}, {}),
    "plan_402": (402, "message", "API access needs a paid plan", {}, {}),
    "forbidden": (403, "message", "Forbidden", {}, {}),
    "not_found": (404, "message", "Model model_pixal3d was not found in this project", {}, {}),
    "too_large": (413, "message", "Request Too Long", {}, {}),
    "limited": (429, "message", "Too many requests", {}, {}),
    "limited_seconds": (429, "message", "Cool down", {"remainingSeconds": 9}, {}),
    "limited_header": (429, "message", "Too many requests", {}, {"Retry-After": "7"}),
    "limited_jobs": (
        429,
        "message",
        "Limit reached",
        {"details": {"actionName": "parallelCustomJobs", "actionLimit": 3}},
        {},
    ),
    "internal": (500, "message", "Something went wrong", {}, {}),
    "unavailable": (503, "message", "Service unavailable", {}, {}),
}
WIRE = {
    "bad_gateway": Reply(502, HTML, {"Content-Type": "text/html"}),
    "html": Reply(200, HTML, {"Content-Type": "text/html"}),
    "empty": Reply(200, b"", {"Content-Type": "application/json"}),
    "half": Reply(200, b'{"job": {"jobId": "jo', {"Content-Type": "application/json"}),
    "list": Reply.of_json([]),
    "reset": Reply(reset=True),
    "hold": Reply(hold=True),
}
UPLOADS = (
    "upload_failed",
    "upload_complete",
    "store_refuses",
    "upload_limited",
    "upload_bad_gateway",
    "upload_reset",
    "upload_bad_request",
    "upload_unauthorized",
)
PRICES = ("price_with_job", "price_runs", "price_no_units")
ACCOUNTS = ("no_teams", "account_unauthorized")

WAY = ("queued", "warming-up", 0.42, 0.8, "finalizing")
JOBS = {  # what the polls of a job meet one after the other: a word, a progress, "!" and a fault; the last stays
    "success": (*WAY, "success"),
    "success_at_once": ("success",),
    "odd_words": ("PENDING", "Processing", "wandering", "SUCCESS"),
    "failure": (0.3, "failure"),
    "failed": ("failed",),
    "error": ("Error",),
    "canceled": (0.3, "canceled"),
    "poll_bad_gateway": ("queued", "!bad_gateway", "!bad_gateway", "success"),
    "poll_limited": ("!limited_seconds", "success"),
    "poll_reset": ("!reset", "success"),
    "poll_unavailable": ("!unavailable", "!internal", "success"),
    "poll_html": ("!html",),
    "poll_not_found": ("!not_found",),
    "endless": (0.1,),
}
MADE = {  # the assets of a job
    "many_assets": ("texture", "mtl", "preview", "obj", "glb"),
    "glb_mime": ("preview", "glb_too"),
    "no_model": ("preview", "texture"),
    "no_assets": (),
    "obj_only": ("mtl", "obj"),
    "conversion_refused": ("mtl", "obj"),
    "original_refused": ("zip", "mtl"),
    "zip": ("zip",),
    "zip_evil": ("evil",),
    "zip_empty": ("hollow",),
}
LINKS = (  # what a link to a model meets
    "link_over",
    "link_over_always",
    "link_page",
    "cut_once",
    "truncated",
    "truncated_once",
    "redirect",
    "redirect_to_file",
    "wrong_extension",
    "link_limited_once",
)
CONVERSION_REFUSED = ("conversion_refused", "original_refused", "zip", "zip_evil", "zip_empty")

SCENES = tuple(
    dict.fromkeys(
        [*JOBS, *MADE, "asset_pending", "asset_error", "cancellable", "echo_key"]
        + [*LINKS, *ERRORS, *WIRE, *UPLOADS, *PRICES, *ACCOUNTS]
    )
)
