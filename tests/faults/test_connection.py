# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection breaks at every step: before the answer, in its headers, in its body."""

import pytest

from ..cli.program import finish, kill, wait_for
from ..servers.base import Reply
from .servers import Raw

SPAR3D, SCENARIO = "stability_spar3d", "scenario_pixal3d"


def before(_reply):
    return Reply(reset=True)


def in_headers(_reply):
    return Raw([b"HTTP/1.1 200 OK\r\nContent-Type: applic"])


def in_body(reply):
    body = reply.body
    reply.cut = len(body) // 2
    return reply


BREAKS = (before, in_headers, in_body)
STEPS = ((SPAR3D, "submit"), *((SCENARIO, step) for step in ("upload", "submit", "poll", "files", "result")))
STAYING = ("upload", "poll", "files")
SHORT = {  # one way for each step; the long run takes all
    (SPAR3D, "submit", in_body),
    (SCENARIO, "submit", before),
    (SCENARIO, "poll", in_headers),
    (SCENARIO, "result", in_body),
}
CASES = [
    pytest.param(*where, how, marks=() if (*where, how) in SHORT else pytest.mark.long, id=f"{where[1]}-{how.__name__}")
    for where in STEPS
    for how in BREAKS
]


@pytest.mark.parametrize(("provider", "step", "how"), CASES)
def test_once_at_each_step(world, provider, step, how):
    """What may be asked again is asked again; an order is not."""
    one = world(provider)
    one.at(step, how)
    done = one.generate()
    if (step, how) == ("upload", in_headers):  # an answer with nothing in it, which is not asked for again by itself
        assert done.status == 1, done
        assert "nothing is charged" in done.sentence
        one.ends_in_the_result()
        return
    assert one.submits == 1
    if step == "submit":
        assert done.status == 1, done
        if how is in_headers:  # Python takes the end of the connection for the end of the headers
            assert "It may have been charged" in done.sentence
            assert one.resume().status == 0
            assert one.submits == 1
        else:
            assert "may be paid twice" in done.sentence
            one.is_in_doubt()
    else:
        assert done.status == 0, done
        assert one.is_written()


@pytest.mark.parametrize("how", [before, *(pytest.param(how, marks=pytest.mark.long) for how in (in_headers, in_body))])
@pytest.mark.parametrize("step", ["result", *(pytest.param(step, marks=pytest.mark.long) for step in STAYING)])
def test_for_good_until_the_program_is_interrupted(world, step, how):
    """A service that stays away: the program is told to stop, and a later one ends in the file."""
    one = world(SCENARIO)
    one.at(step, how, lasting=True)
    child = one.start(*one.generate_words())
    wait_for(lambda: one.server.reached[step] >= 2 or child.poll() is not None)
    kill(child)
    done = finish(child)
    assert done.status in (130, 1), done
    assert one.submits == (0 if step == "upload" else 1)
    one.server.faults.clear()
    one.ends_in_the_result()


@pytest.mark.parametrize("how", [before, *(pytest.param(how, marks=pytest.mark.long) for how in BREAKS[1:])])
@pytest.mark.parametrize("provider", [SPAR3D, pytest.param(SCENARIO, marks=pytest.mark.long)])
def test_a_question_about_the_account(world, provider, how):
    one = world(provider)
    one.at("balance", how, lasting=True)
    done = one.run("--online-mode", "balance", provider)
    assert done.status == 1, done
    assert one.submits == 0
