# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture goes to the service before the job: free, repeatable, and never in doubt."""

import pytest

from img3d_addon.core.errors import AuthError, BadResult, NetworkError, ServerError, TimedOut
from img3d_addon.core.jobs.engine import Engine
from img3d_addon.core.jobs.steps import Uploading
from img3d_addon.core.jobs.uploading import TRIES
from img3d_addon.core.values import Price, Running, Task

from .fakes import Remote, a_picture, an_order, settings
from .test_run import Script, Story, done


class Taking(Script):
    """Takes pictures from two lists of answers, too; keeps what `submit` got."""

    has_upload = True

    def __init__(self, uploads, taken=(), **flags):
        super().__init__([Task("t")], [done()], **flags)
        self.uploads, self.taken = list(uploads), list(taken)
        self.pictures = []

    def upload(self, api, picture):
        self.pictures.append(picture.remote)
        return self._next(self.uploads)

    def poll_upload(self, api, task):
        return self._next(self.taken)

    def submit(self, api, picture, params):
        self.pictures.append(picture.remote)
        return super().submit(api, picture, params)


def test_the_submit_gets_what_the_upload_returned(tmp_path):
    provider = Taking(["asset_1"])
    story = Story(tmp_path, provider).play()
    assert story.names[:3] == ["Uploading", "Submitting", "Submitted"]
    assert provider.pictures == ["", "asset_1"]


def test_a_service_that_takes_its_time_is_asked_until_it_has_the_picture(tmp_path):
    provider = Taking([Task("up", wait=2.0)], [Running(message="validating"), Running(), "asset_2"])
    story = Story(tmp_path, provider).play()
    assert provider.pictures == ["", "asset_2"]
    assert [step.message for step in story.steps if isinstance(step, Uploading)] == ["", "validating", ""]
    assert story.sleeps[:3] == [2, 5, 5]


def test_a_lost_upload_is_repeated_and_is_no_doubt_about_the_bill(tmp_path):
    provider = Taking([NetworkError("broken off", sent=True), ServerError("down", status=502), "asset_3"])
    story = Story(tmp_path, provider).play()
    assert provider.pictures == ["", "", "", "asset_3"]
    assert story.names.count("Submitting") == 1
    hopeless = Story(tmp_path, Taking([NetworkError("broken off", sent=True)]))
    with pytest.raises(NetworkError):
        hopeless.play()
    assert hopeless.names == ["Uploading"] * TRIES


@pytest.mark.parametrize(("answer", "error"), [(AuthError("bad key"), AuthError), (KeyError("asset"), BadResult)])
def test_what_cannot_be_mended_by_asking_again_is_said_at_once(tmp_path, answer, error):
    story = Story(tmp_path, Taking([answer]))
    with pytest.raises(error):
        story.play()
    assert story.names == ["Uploading"]


def test_an_upload_that_is_not_understood_speaks_of_no_result(tmp_path):
    story = Story(tmp_path, Taking([KeyError("asset")]))
    with pytest.raises(BadResult, match="Nothing was submitted yet, and nothing is charged"):
        story.play()


def test_an_upload_that_never_ends_is_timed_out(tmp_path):
    with pytest.raises(TimedOut):
        Story(tmp_path, Taking([Task("up")], [Running()])).play()


def test_the_first_poll_waits_as_the_task_says(tmp_path):
    story = Story(tmp_path, Script([Task("t", wait=30.0)], [done()])).play()
    assert story.sleeps == [30]


class Uploads(Remote):
    """A service with tasks that wants the picture first."""

    has_upload = True
    has_estimate = True

    def __init__(self):
        super().__init__()
        self.upload_error = None

    def upload(self, api, picture):
        if self.upload_error:
            raise self.upload_error
        assert picture.path.is_file()
        return f"asset-{picture.width}"

    def estimate(self, api, params, picture=None):
        return Price(amount=float(picture.remote.partition("-")[2]), unit="credits") if picture else None


@pytest.fixture
def service():
    provider = Uploads()
    provider.let_finish.set()
    return provider


@pytest.fixture
def engine(home, service):
    made = Engine(settings(home), {service.name: service})
    yield made
    made.close()


def test_a_failed_upload_can_be_resumed_and_nothing_was_submitted(engine, service, tmp_path):
    service.upload_error = AuthError("bad key")
    with pytest.raises(AuthError):
        list(engine.drive(an_order(tmp_path)))
    (job,) = engine.jobs()
    assert (job.state, job.submits, job.resumable) == ("failed", 0, True)
    service.upload_error = None
    stages = [event.stage for event in engine.drive(job.id)]
    assert "uploading" in stages
    assert service.submits[0][0].remote == "asset-64"
    assert engine.job(job.id).state == "ready"


def test_a_price_that_depends_on_the_picture_is_asked_with_it_and_leaves_nothing_behind(engine, service, tmp_path):
    image = a_picture(tmp_path)
    assert engine.estimate(service.name) is None
    assert engine.estimate(service.name, image=image).amount == 64
    assert engine.jobs() == []
    assert service.submits == []
