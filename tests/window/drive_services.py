# SPDX-License-Identifier: GPL-3.0-or-later
"""In a window, with every service: its settings, keys tested, a price asked for, a whole job, errors of each kind.

Started with --enable-event-simulate.
"""

import os
import sys
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent))
import driver as d
from driver import newest, ours, redrawn, settings, views

REFUSALS = (  # service, provider, scene, kind of the error
    ("scenario", "scenario_pixal3d", "plan", "plan"),
    ("scenario", "scenario_pixal3d", "failure", "server"),
    ("fal", "fal", "policy", "moderation"),
    ("stability", "stability_spar3d", "payment_required", "credits"),
    ("vtrix", "vtrix_spark3d", "http_401_message", "auth"),
    ("aiml", "aiml_triposr", "validation", "bad_request"),
)


def providers():
    return d.module("blender.session").providers()


def steps():
    settings().picture = bpy.data.images.load(str(d.ROOT / "examples" / "rocket.png"))
    bpy.context.preferences.system.use_online_access = True
    yield from d.open_sidebar()
    yield 0.8
    watch, heart = d.Stopwatch(), d.Heartbeat()
    yield from every_sidebar()
    yield from keys()
    yield from a_price_and_a_job()
    yield from errors()
    watch.check()
    d.log(f"longest gap of the main loop, drawing included: {heart.stop():.2f} s")


def every_sidebar():
    """Show the settings of each provider, basic ones and then all."""
    for name in providers():
        settings().provider = name
        yield from redrawn()
        d.shot(f"basic-{name}")
    settings().provider = "stability_spar3d"
    yield from redrawn()
    yield from below("stability_spar3d.seed")
    yield from d.find("stability_spar3d.guidance_scale")
    for name in providers():
        settings().provider = name
        yield from redrawn()
        d.shot(f"advanced-{name}")
    settings().provider = "fal"
    for model in ("fal-ai/pixal3d", "fal-ai/hyper3d/rodin/v2.5", "fal-ai/meshy/v6/image-to-3d"):
        settings().fal.model = model
        yield from redrawn()
        d.shot(f"advanced-{model.replace('/', '-')}")
    settings().fal.property_unset("model")
    settings().provider = "stability_spar3d"
    yield from redrawn()
    yield from below("stability_spar3d.seed")


def below(prop):
    """Click the header below the last basic parameter, which is no button to be found: it opens or closes the rest."""
    last = yield from d.find(prop)
    yield from d.click((last[0], last[1] - 24))
    yield 0.3


def keys():
    """Test keys in the preferences: no key, one that works, one that does not, and what follows a change."""
    area = d.area()
    settings().provider = "scenario_pixal3d"
    d.show_preferences(area)
    yield 1.0
    d.shot("preferences")
    for is_open in (True, False):
        for vendor in {provider.vendor.lower() for provider in providers().values() if provider.vendor}:
            setattr(d.module("blender.session").preferences(), f"{vendor}_open", is_open)
        area.tag_redraw()
        yield 0.8
        d.shot(f"preferences-{'open' if is_open else 'closed'}")
    service = d.Service("--delay", "0.5", name="scenario")
    area.tag_redraw()
    yield 0.5
    yield from d.press('provider="scenario_pixal3d"', area)
    asking = d.module("blender.asking")
    assert asking.waiting()
    yield from d.wait(lambda: not asking.waiting(), what="the answer about the key")
    yield 0.5
    assert told("scenario_pixal3d").text.startswith("The key works"), told("scenario_pixal3d")
    d.shot("preferences-key-works")
    os.environ["SCENARIO_SDK_API_SECRET"] = "wrong"
    assert told("scenario_pixal3d") is None, "the answer about the key of before is shown"
    area.tag_redraw()
    yield 0.5
    yield from d.press('provider="scenario_pixal3d"', area)
    yield from d.wait(lambda: not asking.waiting(), what="the answer about the wrong key")
    yield 0.5
    assert told("scenario_pixal3d").failed
    d.shot("preferences-key-refused")
    service.stop()
    area.type = "VIEW_3D"
    yield 0.5
    yield from d.open_sidebar()


def told(name):
    session, preferences = d.module("blender.session"), d.module("blender.preferences")
    return d.module("blender.asking").answer(*preferences.account_topic(session.preferences(), providers()[name]))


def a_price_and_a_job():
    """Ask what a job costs, then make it: upload, queue, progress, object."""
    type(providers()["scenario_pixal3d"]).poll_every = 0.5
    service = d.Service("--delay", "0.7", name="scenario")
    settings().provider = "scenario_pixal3d"
    yield from redrawn()
    d.shot("price-unknown")
    orders = d.module("blender.orders")
    yield from d.press("img3d.ask_price")
    yield 0.3
    d.shot("price-asking")
    yield from d.wait(lambda: orders.price_of(settings()) is not None, what="the price")
    yield from redrawn()
    d.shot("price-known")
    assert orders.price_of(settings()).amount == 60
    settings().scenario_pixal3d.remesh = False
    assert orders.price_of(settings()) is None, "the price of other settings"
    settings().scenario_pixal3d.remesh = True
    yield from d.press("img3d.generate")
    yield from d.wait(lambda: views() and newest().stage == "uploading", what="the upload")
    yield from redrawn(0.3)
    d.shot("job-uploading")
    yield from d.wait(lambda: (newest().fraction or 0) > 0.3, what="progress")
    yield from redrawn(0.3)
    d.shot("job-running")
    yield from d.wait(ours, what="the object")
    yield 1.0
    d.shot("job-done")
    assert newest().state == "imported", newest()
    assert newest().cost.amount == 60, newest()
    service.stop()


def errors():
    """Show errors of several kinds in words; each has a next step and can be copied."""
    for number, (service, name, scene, kind) in enumerate(REFUSALS):
        playing = d.Service("--scene", scene, name=service)
        type(providers()[name]).poll_every = 0.5
        settings().provider = name
        jobs = len(views())
        yield from redrawn(1.2)  # not a double click
        yield from d.press("img3d.generate")
        yield from d.wait(lambda jobs=jobs: len(views()) > jobs and not newest().running, what=f"the end of {scene}")
        yield from redrawn(1.0)
        assert (newest().state, newest().error_kind) == ("failed", kind), newest()
        d.shot(f"error-{number}-{kind}")
        playing.stop()


d.main(steps)
