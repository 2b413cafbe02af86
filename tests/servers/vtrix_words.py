# SPDX-License-Identifier: GPL-3.0-or-later
"""What Vtrix' contract says of its answers: codes, statuses, shapes of errors, words for states."""

CODES = {
    "003020001": "no text item in content",
    "003020002": "no image item in content",
    "003020003": "the subdivision level is not supported",
    "003020004": "the file format is not supported",
    "003020005": "the format of the image URL is wrong",
    "003020095": "Internal generation error",
    "003020096": "The result could not be parsed",
    "003020097": "The upstream answered with an HTTP error",
    "003020098": "The status could not be checked",
    "003020099": "The task could not be created",
}
BY_REQUEST = tuple(CODES)[:5]  # the request is to blame; for the others the service is
UNREAD = BY_REQUEST[:2]  # of a request with both items: the body was read in the other form
SAD = "The shape could not be made."
FAILED = {
    "failed_object": {"error": {"code": "003020095", "error_message": SAD}},
    "failed_message": {"error": {"code": "003020095", "message": SAD}},
    "failed_string": {"error": SAD},
    "failed_int": {"error": {"code": 3020095, "error_message": SAD}},
    "failed_short": {"error": {"code": "3020095", "error_message": SAD}},
    "failed_moderation": {"error": {"code": "InputImageSensitive", "message": "The picture was flagged."}},
    "failed_provider": {"error": None, "error_type": "upstream", "provider_error": {"message": SAD}, "logs": ["x"]},
    "failed_silent": {},
    **{f"code_{code}": {"error": {"code": code, "error_message": text}} for code, text in CODES.items()},
}
WORDS = {
    401: "Invalid API key",
    "403_balance": "Insufficient balance, please recharge",
    "403_permission": "You have no permission for this model",
    429: "Too many requests",
    500: "Internal server error",
    504: "The upstream timed out",
}
SHAPES = {
    "message": lambda text: {"message": text},
    "error": lambda text: {"error": text},
    "object": lambda text: {"error": {"code": "some_code", "message": text}},
}
REFUSED = {
    f"http_{status}_{shape}": (int(str(status)[:3]), make(text))
    for status, text in WORDS.items()
    for shape, make in SHAPES.items()
}
STATES = ("pending", "queued", "in_progress", "processing", "running", "PENDING", "In_Progress", "warming_up")
DONE = ("completed", "succeeded", "success", "COMPLETED", "Succeeded")
FLAWED = ("truncated", "cut", "html_file", "json_file", "empty_file", "empty_zip", "evil_zip")
LINKS = ("expired", "gone", "redirect", "redirect_file", "redirect_ftp")
CONTENTS = ("zip", "obj_zip", "wrong_name", "several", "format_first", "only_picture", "no_url", "no_output")


def head(task, status, **more):
    """Return what every answer about a task begins with."""
    return {"id": task, "status": status, "model": "spark_3d", "created_at": 1767225600, **more}
