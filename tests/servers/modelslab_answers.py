# SPDX-License-Identifier: GPL-3.0-or-later
"""The bodies by which ModelsLab answers about a job: queued, ended badly, done. Standard library only."""

from .base import Reply

NO_SUCCESS = {
    "failed": {"status": "failed", "message": "Generation failed"},
    "error": {"status": "error", "messege": "Failed to generate, try again"},
    "failed_for_the_image": {"status": "failed", "message": "Unable to fetch image from provided URL"},
    "failed_for_the_rate": {"status": "failed", "message": "Too many requests on this server"},
}
LEFT_OUT = {"no_eta": ("eta",), "no_fetch_result": ("fetch_result",), "no_id": ("id", "fetch_result")}


def queued(job, *, url, foreign):
    """Return the answer to an order: a number, where to ask, and links that hold nothing yet."""
    scene, number = job["scene"], job["number"]
    answer = {
        "status": "processing",
        "tip": "Get 20x faster with an enterprise plan",
        "eta": {"long_eta": 900, "odd_eta": "soon"}.get(scene, 12),
        "message": "Try to fetch request after seconds estimated",
        "fetch_result": f"{foreign if scene == 'foreign_fetch' else url}/api{job['line']}fetch/{number}",
        "id": number,
        "output": [],
        "meta": [],  # PHP's empty object
        "future_links": [f"{url}/files/{number}.{job['format']}"],
        "extra_assets": [],
    }
    return Reply.of_json({name: value for name, value in answer.items() if name not in LEFT_OUT.get(scene, ())})


def ended(scene):
    """Return the answer by which a job ends badly, or None."""
    return Reply.of_json(NO_SUCCESS[scene]) if scene in NO_SUCCESS else None


def finished(job, *, url):
    """Return the answer that carries the model, in the shape of the job's scene."""
    number, kind, scene = job["number"], job["format"], job["scene"]
    mesh = f"{url}/files/{number}.{kind}"
    others = [f"{url}/files/{number}{end}" for end in ("-preview.png", "-nerf.mp4")]
    output = {
        "several": [*others, mesh],
        "proxy": [f"{url}/files/lost.{kind}"],
        "only_links": [],
        "nothing": others,
        "bare_name": [f"{url}/files/{number}?name=x.png"],
        "text_output": mesh,
    }.get(scene, [mesh])
    answer = {
        "status": "success",
        "generationTime": 41.2,
        "id": number,
        "output": output,
        "proxy_links": [mesh] if scene in ("proxy", "success") else [],
        "meta": {"output_format": kind, "seed": job["seed"] or 123},
    }
    if scene == "only_links":
        answer["future_links"] = [mesh]
    return Reply.of_json(answer)
