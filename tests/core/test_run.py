# SPDX-License-Identifier: GPL-3.0-or-later
"""One job from its pictures to its model: what is sent once, what is repeated, what is noted before."""

from pathlib import Path

import pytest

from img3d_addon.core.errors import (
    AuthError,
    BadResult,
    Cancelled,
    CreditsError,
    ModerationError,
    NetworkError,
    NotFound,
    OutputError,
    PlanError,
    ProviderError,
    RateLimited,
    RequestRefused,
    ServerError,
    TaskFailed,
    TimedOut,
    Uncertain,
)
from img3d_addon.core.jobs.run import FETCH_TRIES, FRESH_FETCH_TRIES, FRESH_TRIES, POLL_MISREADS, RESUME, run
from img3d_addon.core.jobs.steps import Delivered, Downloading, Fetched, Held, Means, Submitted, Submitting
from img3d_addon.core.provider import Provider
from img3d_addon.core.values import Model, Picture, Running, Task

from .glb import triangle

PICTURE = Picture(
    path=Path("p.png"), name="p.png", mime="image/png", width=9, height=9, has_alpha=False, sha256="", size=1
)
URL = "https://store.invalid/m.glb"


class Script(Provider):
    """Answers from two lists; an exception in them is raised."""

    name = "script"
    label = "Vendor"
    base_url = "https://vendor.invalid"
    poll_every = 5.0
    deadline = 100.0

    def __init__(self, submits=(), polls=(), **flags):
        self.submits, self.polls = list(submits), list(polls)
        self.polled = []
        vars(self).update(flags)

    def submit(self, api, picture, params):
        return self._next(self.submits)

    def poll(self, api, task):
        self.polled.append(task.id)
        return self._next(self.polls)

    @staticmethod
    def _next(answers):
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer() if callable(answer) else answer


class Story:
    """A run with a clock that only sleeps move."""

    def __init__(self, folder, provider, *, fetches=None, **known):
        self.now = 0.0
        self.sleeps = []
        self.fetched = []
        self.fetches = list(fetches or [triangle()])
        self.steps = []
        self.folder = folder
        means = Means(
            provider=provider, api=None, folder=folder, sleep=self.sleep, clock=lambda: self.now,
            jitter=lambda: 0.0, fetch=self.fetch,
        )  # fmt: skip
        self.generator = run(means, picture=PICTURE, params={}, **known)

    def sleep(self, seconds):
        self.sleeps.append(seconds)
        self.now += seconds

    def fetch(self, urls, *, api, folder):
        self.fetched.append(tuple(urls))
        answer = self.fetches.pop(0) if len(self.fetches) > 1 else self.fetches[0]
        yield Downloading(1, 2)
        if isinstance(answer, Exception):
            raise answer
        path = folder / "model.glb"
        path.write_bytes(answer)
        return path

    def play(self):
        for step in self.generator:
            self.steps.append(step)
        return self

    @property
    def names(self):
        return [type(step).__name__ for step in self.steps]


def network(*, sent):
    error = NetworkError("The connection to Vendor was broken off")
    error.sent = sent
    return error


def server(status, said=""):
    error = ServerError("Vendor failed by its own fault", status=status)
    error.said = said
    return error


def done(url=URL):
    return Model(urls=(url,))


def test_submit_poll_and_fetch_in_order(tmp_path):
    story = Story(tmp_path, Script([Task("t")], [Running(0.2), Running(0.9), done()])).play()
    assert story.names == ["Submitting", "Submitted", "Running", "Running", "Delivered", "Downloading", "Fetched"]
    assert story.sleeps == [5, 5, 5]
    last = story.steps[-1]
    assert (last.kind, last.path, last.original) == ("glb", tmp_path / "model.glb", tmp_path / "model.glb")
    assert story.fetched == [(URL,)]


def test_a_one_answer_service_delivers_without_a_poll(tmp_path):
    file = tmp_path / "answer-1"
    file.write_bytes(triangle())
    story = Story(tmp_path, Script([Model(path=file, seed=3)])).play()
    assert story.names == ["Submitting", "Delivered", "Fetched"]
    assert story.steps[-1].path.name == "model.glb"
    assert story.steps[-1].path.read_bytes() == file.read_bytes()
    assert story.sleeps == []


def test_a_submit_may_report_on_its_way(tmp_path):
    def work():
        yield Running(0.5)
        return done()

    story = Story(tmp_path, Script([work])).play()
    assert story.names == ["Submitting", "Running", "Delivered", "Downloading", "Fetched"]


def test_a_second_stage_is_a_new_task(tmp_path):
    provider = Script([Task("a")], [Running(), Task("b", {"from": "a"}), Running(), done()])
    story = Story(tmp_path, provider).play()
    assert [step.task.id for step in story.steps if isinstance(step, Submitted)] == ["a", "b"]
    assert provider.polled == ["a", "a", "b", "b"]


def test_a_known_task_is_polled_at_once_and_nothing_is_submitted(tmp_path):
    provider = Script([AssertionError("submitted")], [done()])
    story = Story(tmp_path, provider, task=Task("t")).play()
    assert story.names == ["Submitted", "Delivered", "Downloading", "Fetched"]
    assert story.sleeps == [0]


def test_a_known_model_is_fetched_without_asking_the_service(tmp_path):
    provider = Script([AssertionError()], [AssertionError()])
    story = Story(tmp_path, provider, task=Task("t"), model=done()).play()
    assert story.names == ["Delivered", "Downloading", "Fetched"]


def test_a_submit_that_finds_nobody_speaks_of_no_result(tmp_path):
    with pytest.raises(NotFound, match=r"no such model\. Nothing was submitted; check the base URL") as caught:
        Story(tmp_path, Script([NotFound("no such model")])).play()
    assert "expired" not in str(caught.value)


def test_addresses_that_are_over_are_asked_for_again_a_few_times(tmp_path):
    provider = Script([AssertionError()], [done("https://store.invalid/new")])
    story = Story(tmp_path, provider, task=Task("t"), model=done(), fetches=[NotFound("gone"), triangle()]).play()
    assert story.fetched == [(URL,), ("https://store.invalid/new",)]
    again = Story(tmp_path, provider, task=Task("t"), model=done(), fetches=[NotFound("gone")])
    with pytest.raises(NotFound):
        again.play()
    assert len(again.fetched) == FRESH_TRIES


def test_a_fresh_job_whose_link_is_over_at_once_is_asked_again_too(tmp_path):
    provider = Script([Task("t")], [done(), done("https://store.invalid/new")])
    story = Story(tmp_path, provider, fetches=[NotFound("gone"), triangle()]).play()
    assert story.fetched == [(URL,), ("https://store.invalid/new",)]
    assert len(provider.submits) == 1


def test_a_bad_file_at_an_unchanged_address_is_said_after_one_more_question(tmp_path):
    provider = Script([Task("t")], [done()])
    story = Story(tmp_path, provider, fetches=[BadResult("A web page was delivered")])
    with pytest.raises(BadResult, match="web page"):
        story.play()
    assert provider.polled == ["t", "t"]
    assert len(story.fetched) == FETCH_TRIES


def test_too_many_requests_are_waited_for_as_told_and_nothing_is_in_flight_meanwhile(tmp_path):
    provider = Script([RateLimited("slow", wait=7), RateLimited("slow"), Task("t")], [done()])
    story = Story(tmp_path, provider).play()
    assert story.names[:5] == ["Submitting", "Held", "Submitting", "Held", "Submitting"]
    assert [step.seconds for step in story.steps if isinstance(step, Held)] == [7, 60]
    assert story.sleeps[:2] == [7, 60]


def test_a_wait_beyond_the_deadline_ends_with_the_service_s_refusal(tmp_path):
    story = Story(tmp_path, Script([RateLimited("slow", wait=200)]))
    with pytest.raises(RateLimited):
        story.play()
    assert story.sleeps == []


def test_a_request_that_never_left_is_sent_again_and_then_given_up(tmp_path):
    assert Story(tmp_path, Script([network(sent=False), Task("t")], [done()])).play().sleeps[0] == 1
    with pytest.raises(NetworkError):
        Story(tmp_path, Script([network(sent=False)])).play()


@pytest.mark.parametrize(
    "error", [network(sent=True), NetworkError("timed out"), server(500), server(502, "upstream"), OutputError("disk")]
)
def test_a_submit_whose_answer_is_lost_is_uncertain_and_is_not_repeated(tmp_path, error):
    story = Story(tmp_path, Script([error]))
    with pytest.raises(Uncertain, match=r"Vendor was asked, but its answer was lost .*may be paid twice"):
        story.play()
    assert story.names == ["Submitting"]


def test_a_server_s_own_words_are_a_refusal_and_no_doubt(tmp_path):
    with pytest.raises(ServerError):
        Story(tmp_path, Script([server(500, "internal_error")])).play()
    with pytest.raises(AuthError):
        Story(tmp_path, Script([AuthError("bad key")])).play()


def test_a_repeatable_provider_is_never_uncertain(tmp_path):
    with pytest.raises(NetworkError):
        Story(tmp_path, Script([network(sent=True)], repeatable=True)).play()


@pytest.mark.parametrize(
    "error", [KeyError("job"), IndexError("0"), TypeError("x"), AttributeError("y"), ValueError("z")]
)
def test_an_answer_that_the_provider_stumbles_over_was_not_understood(tmp_path, error):
    with pytest.raises(BadResult, match="The answer of Vendor was not understood"):
        Story(tmp_path, Script([Task("t")], [error])).play()
    with pytest.raises(BadResult, match=r"not understood.*It may have been charged"):
        Story(tmp_path, Script([error])).play()


@pytest.mark.parametrize("odd", [None, "t1", {"id": 1}, Running()])
def test_a_provider_that_returns_something_else_is_told(tmp_path, odd):
    with pytest.raises(BadResult, match="not understood"):
        Story(tmp_path, Script([odd])).play()


def test_polls_are_repeated_with_growing_waits_and_say_why(tmp_path):
    polls = [network(sent=True), server(503), RateLimited("slow", wait=9), Running(0.5), server(500), done()]
    story = Story(tmp_path, Script([Task("t")], polls)).play()
    assert story.sleeps == [5, 1, 2, 9, 5, 1]
    said = [step.message for step in story.steps if isinstance(step, Running)]
    assert said[0].startswith("Asking again in 1 s: The connection to Vendor was broken off")
    assert "too many requests" in said[2]
    assert isinstance(story.steps[-1], Fetched)


def test_a_page_of_a_proxy_between_two_polls_is_survived_and_a_third_one_ends_the_job(tmp_path):
    page = BadResult("The answer was not understood: it was a web page, not JSON")
    story = Story(tmp_path, Script([Task("t")], [page, page, Running(0.5), KeyError("status"), done()])).play()
    assert story.names[-1] == "Fetched"
    provider = Script([Task("t")], [page])
    with pytest.raises(BadResult, match="web page"):
        Story(tmp_path, provider).play()
    assert len(provider.polled) == POLL_MISREADS


def test_a_refused_poll_ends_the_job(tmp_path):
    with pytest.raises(ProviderError, match="no fur"):
        Story(tmp_path, Script([Task("t")], [ProviderError("no fur")])).play()


@pytest.mark.parametrize(
    ("error", "status", "advice"),
    [
        (AuthError, 401, "Check the key"),
        (CreditsError, 402, "Look at your account"),
        (PlanError, 403, "Look at your account"),
        (RequestRefused, 400, "Look at the job"),
    ],
)
def test_a_refused_poll_says_nothing_of_a_free_new_submit(tmp_path, error, status, advice):
    story = Story(tmp_path, Script(polls=[error("Refused", status=status)]), task=Task("t"))
    with pytest.raises(error) as caught:
        story.play()
    assert caught.value.advice.startswith(advice)
    assert caught.value.advice.endswith(f" {RESUME}")


@pytest.mark.parametrize(
    "error", [TaskFailed("No", status=500), ModerationError("No", status=403), RequestRefused("No", status=200)]
)
def test_a_task_that_the_service_gave_up_keeps_its_advice(tmp_path, error):
    story = Story(tmp_path, Script(polls=[error]), task=Task("t"))
    with pytest.raises(type(error)) as caught:
        story.play()
    assert caught.value.advice == type(error).advice


def test_a_task_that_never_ends_is_timed_out_after_exactly_the_deadline(tmp_path):
    story = Story(tmp_path, Script([Task("t")], [Running()]))
    with pytest.raises(TimedOut, match="Vendor did not deliver within 100 seconds"):
        story.play()
    assert story.now == 100
    trouble = Story(tmp_path, Script([Task("t")], [server(503)]))
    with pytest.raises(TimedOut, match="last trouble was: Vendor failed"):
        trouble.play()
    assert trouble.now == 100


def test_a_download_that_breaks_off_or_is_cut_short_is_fetched_again(tmp_path):
    fetches = [network(sent=True), triangle()[:-8], server(503), triangle()]
    story = Story(tmp_path, Script([Task("t")], [done()]), fetches=fetches).play()
    assert len(story.fetched) == 4
    assert story.steps[-1].path.read_bytes() == triangle()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html>expired</html>", "a web page"),
        (b'{"error": "expired"}', "a text answer"),
        (b"", "an empty file"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (bytes(range(256)), "a file of an unknown kind"),
    ],
)
def test_what_is_no_model_is_said_after_a_few_tries(tmp_path, content, words):
    story = Story(tmp_path, Script([Task("t")], [done()]), fetches=[content])
    with pytest.raises(BadResult, match=f"Vendor delivered {words}.*not paid twice"):
        story.play()
    assert len(story.fetched) == FETCH_TRIES


def test_a_bad_file_at_ever_new_addresses_ends_soon(tmp_path):
    links = iter(range(100))
    provider = Script([Task("t")], [lambda: done(f"https://store.invalid/{next(links)}")])
    story = Story(tmp_path, provider, fetches=[BadResult("A web page was delivered")])
    with pytest.raises(BadResult, match="web page"):
        story.play()
    assert len(story.fetched) == FETCH_TRIES + 2 * FRESH_FETCH_TRIES
    assert story.now < 30


def test_a_download_that_always_breaks_off_is_no_usable_result(tmp_path):
    story = Story(tmp_path, Script([Task("t")], [done()]), fetches=[network(sent=True)])
    with pytest.raises(BadResult, match="broken off.*not paid twice"):
        story.play()
    assert len(story.fetched) == FETCH_TRIES


def test_without_a_connection_the_download_waits_for_the_network(tmp_path):
    fetches = [network(sent=False)] * (FETCH_TRIES + 1) + [triangle()]
    story = Story(tmp_path, Script([Task("t")], [done()]), fetches=fetches).play()
    assert len(story.fetched) == FETCH_TRIES + 2


def test_a_broken_answer_that_cannot_be_fetched_again_says_so(tmp_path):
    (tmp_path / "answer-1").write_bytes(triangle()[:-4])
    with pytest.raises(BadResult, match=r"cut short.*It may have been charged"):
        Story(tmp_path, Script([Model(path=tmp_path / "answer-1")])).play()


def test_success_without_a_model_is_said(tmp_path):
    with pytest.raises(BadResult, match="without a model"):
        Story(tmp_path, Script([Model()])).play()


def test_a_stop_ends_the_wait(tmp_path):
    story = Story(tmp_path, Script([Task("t")], [Running()]))

    def stop(seconds):
        raise Cancelled("Cancelled")

    story.sleep = stop
    story.generator = run(
        Means(provider=Script([Task("t")], [Running()]), api=None, folder=tmp_path, sleep=stop), picture=PICTURE
    )
    with pytest.raises(Cancelled):
        story.play()
    assert [type(step) for step in story.steps] == [Submitting, Submitted]


def test_the_model_is_told_before_a_byte_is_fetched(tmp_path):
    story = Story(tmp_path, Script([Task("t")], [done()]))
    for step in story.generator:
        if isinstance(step, Delivered):
            break
    assert story.fetched == []


def test_a_wait_that_is_longer_than_the_deadline_is_told(tmp_path):
    asked = RateLimited("Vendor has had too many requests", wait=7200.0)
    with pytest.raises(RateLimited, match="It wants 2 hours to pass first") as caught:
        Story(tmp_path, Script(submits=[asked])).play()
    assert caught.value is asked


@pytest.mark.parametrize("status", [502, 504, 520, 524])
def test_a_gateway_that_speaks_json_leaves_a_submit_in_doubt(tmp_path, status):
    with pytest.raises(Uncertain):
        Story(tmp_path, Script(submits=[server(status, "a gateway's words")])).play()


def test_a_field_too_large_for_its_type_is_an_answer_not_understood(tmp_path):
    with pytest.raises(BadResult, match="not understood"):
        Story(tmp_path, Script(submits=[OverflowError("int too large to convert to float")])).play()
