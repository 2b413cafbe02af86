# SPDX-License-Identifier: GPL-3.0-or-later
"""The process is killed at each step of a job of each service with tasks: it ends with one submit and one result."""

import pytest

from ..servers.asking import KEY, keys_of
from ..servers.modelslab import ModelsLabServer
from ..servers.services import SERVICES
from .fakes import a_picture
from .kill_driver import PROVIDERS
from .test_kill_and_resume import AT_A_COMMIT, Driver, is_delivered, only_job

pytestmark = pytest.mark.kill

LINKING = [name for name, service in SERVICES.items() if service.links]
PAID_AT_ONCE = {"aiml_triposr"}  # the answer to the submit names the file


class Service:
    """One strict server and drivers of its provider, all against one home folder."""

    def __init__(self, name, server, home):
        self.name, self.server, self.home = name, server, home
        self.started = []

    @property
    def submits(self):
        return len(SERVICES[self.name].orders(self.server))

    def driver(self, *arguments):
        provider = PROVIDERS[self.name]
        environment = {f"IMG3D_{provider.vendor}_URL": self.server.url, **keys_of(provider, key=KEY)}
        self.started.append(Driver(self.home, *arguments, "--provider", self.name, **environment))
        return self.started[-1]


@pytest.fixture
def service(request, home):
    kind = SERVICES[request.param].server
    with kind() as server:
        if kind is ModelsLabServer:
            server.play("no_eta")  # which would be waited for
        found = Service(request.param, server, home)
        yield found
        for one in found.started:
            one.kill()
        assert server.complaints == []


every_service = pytest.mark.parametrize("service", LINKING, indirect=True)
every_commit = pytest.mark.parametrize(("pause", "state", "submits"), AT_A_COMMIT)


@every_service
@every_commit
def test_killed_at_a_commit(service, tmp_path, pause, state, submits):
    if service.name in PAID_AT_ONCE:
        state = {"remote": "downloading"}.get(state, state)
        if "remote" in pause:
            pause = pause.replace("remote", "downloading")
            state = "uncertain" if pause.startswith("before") else state
        elif pause == "before:downloading":
            state = "uncertain"
    victim = service.driver("generate", a_picture(tmp_path), "--pause", pause)
    victim.until("paused")
    victim.kill()
    job = only_job(service.home)
    assert (job.state, service.submits) == (state, submits)
    if state == "uncertain":
        refused = service.driver("resume", job.id).end()
        assert (refused["event"], refused["kind"]) == ("error", "uncertain")
        assert service.submits == submits
        again = service.driver("resume", job.id, "--again").end()
        assert is_delivered(service.server, service.home, again)
        assert service.submits == submits + 1
    else:
        assert is_delivered(service.server, service.home, service.driver("resume", job.id).end())
        assert service.submits == 1


@every_service
@pytest.mark.parametrize("moment", [2, 4])
def test_killed_while_it_waits_and_again_in_each_resume(service, tmp_path, moment):
    victim = service.driver("generate", a_picture(tmp_path), "--pause", "before:ready")
    for _ in range(moment):
        event = victim.until("progress")
        if event.get("stage") == "downloading":
            break
    victim.kill()
    job = only_job(service.home)
    if job.state == "uncertain":  # in the call itself: nobody here knows whether it was taken
        assert service.submits <= 1
        return
    for pause in ("after:downloading", "before:ready"):
        victim = service.driver("resume", job.id, "--pause", pause)
        victim.until("paused")
        victim.kill()
    assert is_delivered(service.server, service.home, service.driver("resume", job.id).end())
    assert service.submits == 1


@pytest.mark.parametrize("service", ["scenario_pixal3d", "modelslab_image_to_3d"], indirect=True)
def test_killed_in_the_upload_nothing_is_in_doubt(service, tmp_path):
    service.server.delay = 0.3
    victim = service.driver("generate", a_picture(tmp_path))
    while victim.until("progress")["stage"] != "uploading":
        pass
    while not service.server.requests:
        assert victim.process.poll() is None
        service.server.stopping.wait(0.01)
    victim.kill()
    service.server.delay = 0.0
    job = only_job(service.home)
    assert (job.state, job.submits, service.submits) == ("prepared", 0, 0)
    assert is_delivered(service.server, service.home, service.driver("resume", job.id).end())
    assert service.submits == 1
