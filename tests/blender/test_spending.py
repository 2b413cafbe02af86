# SPDX-License-Identifier: GPL-3.0-or-later
"""When the sidebar asks before money is spent."""

from types import SimpleNamespace

import bpy
import pytest

import img3d_addon
from img3d_addon.blender import job_operators, operators, session, spending
from img3d_addon.core.errors import OutputError
from img3d_addon.core.jobs.job import Job
from img3d_addon.core.values import Price

from .meshes import empty_scene


@pytest.fixture
def own(home, monkeypatch):
    """Preferences as they are at first; the `bpy` module has none."""
    empty_scene()
    img3d_addon.register()
    found = SimpleNamespace(confirm_paying=spending.ABOVE, job_limit=0.0, day_limit=0.0)
    for vendor in spending.own_units(session.providers().values()):
        for word in ("job_limit", "day_limit"):
            setattr(found, f"{vendor.lower()}_{word}", 0.0)
    monkeypatch.setattr(session, "preferences", lambda: found)
    yield found
    img3d_addon.unregister()


def order(name="stability_spar3d"):
    provider = session.providers()[name]
    return provider, {param.name: param.default for param in provider.params if not param.when}


def asked(*names):
    return spending.question(bpy.context, [order(name) for name in names])


def a_job_of_today(monkeypatch, cost):
    from img3d_addon.core.jobs.spending import midnight

    job = Job(
        id="j", provider="stability_spar3d", name="j", image=None, state="ready", params={}, after={},
        created=midnight(), updated=midnight(), cost=cost,
    )  # fmt: skip
    engine = SimpleNamespace(jobs=lambda since: [job] if job.created >= since else [])
    monkeypatch.setattr(session, "engine", lambda: engine)


def test_without_limits_nothing_is_asked(own):
    assert asked("stability_spar3d", "aiml_triposr", "offline") == ""


def test_above_a_limit_it_is_asked_with_the_price_the_limit_and_the_day(own, monkeypatch):
    a_job_of_today(monkeypatch, Price(amount=4, unit="credits", usd=0.04))
    own.day_limit = 0.08
    assert asked("stability_spar3d") == ""
    said = asked("stability_spar3d", "stability_spar3d")
    assert "These 2 jobs cost 8 credits (0.08 USD)." in said
    assert "Your limit for a day is 0.08 USD, and today would come to 0.12 USD." in said
    assert "Spent today: 4 credits (0.04 USD)." in said


def test_a_limit_in_the_service_s_own_unit(own):
    own.stability_job_limit = 3.0
    assert "3 credits" in asked("stability_spar3d")


def test_always_asks_for_what_costs_and_never_does_not(own):
    own.confirm_paying = spending.ALWAYS
    assert asked("stability_spar3d") == "This job costs 4 credits (0.04 USD).\nSpent today: nothing yet."
    assert asked("aiml_triposr").startswith("The price is not known beforehand.")
    assert asked("offline", "hunyuan3d_local") == ""
    own.confirm_paying, own.job_limit = spending.NEVER, 0.01
    assert asked("stability_spar3d") == ""
    assert spending.warnings(bpy.context, [order()]) == []


def test_who_confirms_anyway_gets_the_warnings_and_the_total(own):
    own.job_limit = 0.01
    orders = [order(), order("aiml_triposr")]
    assert len(spending.warnings(bpy.context, orders)) == 2
    assert spending.price_words(bpy.context, orders) == "4 credits (0.04 USD) + 1 job of unknown price"


def test_jobs_of_yesterday_do_not_count(own, home):
    from img3d_addon.core.jobs.journal import Journal
    from img3d_addon.core.jobs.spending import midnight

    journal = Journal(home)
    for number, created in enumerate((midnight() - 5, midnight() + 5)):
        journal.add(
            Job(
                id=f"job{number}",
                provider="stability_spar3d",
                name="j",
                image=home / "a.png",
                state="ready",
                params={},
                after={},
                created=created,
                updated=created,
                price=Price(amount=4, unit="credits", usd=0.04),
            )  # fmt: skip
        )
    journal.close()
    own.confirm_paying = spending.ALWAYS
    assert asked("stability_spar3d").endswith("Spent today: 4 credits (0.04 USD).")


def test_a_journal_that_cannot_be_read_is_said_in_the_question_before_submitting_again(own, monkeypatch):
    def unreadable(*_given):
        raise OutputError("The journal cannot be read", advice="Look at the disk.")

    found = SimpleNamespace(provider="stability_spar3d", params={})
    monkeypatch.setattr(job_operators, "question", unreadable)
    monkeypatch.setattr(job_operators, "view_of", lambda _job: found)
    asked = []
    manager = SimpleNamespace(invoke_confirm=lambda *_given, message, **_more: asked.append(message))
    pressed = SimpleNamespace(job="job", again=True)
    job_operators.IMG3D_OT_resume.invoke(pressed, SimpleNamespace(window_manager=manager), None)
    assert "both are charged" in asked[0] and "cannot be read" in asked[0]


def test_who_says_no_to_the_question_has_no_job_to_leave():
    denied = SimpleNamespace(_asked=True)  # what `invoke` has set by then: no timer, no job
    operators.IMG3D_OT_generate.cancel(denied, bpy.context)
