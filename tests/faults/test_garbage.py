# SPDX-License-Identifier: GPL-3.0-or-later
"""A service that answers garbage: to real programs within a limit of memory, and in each field of each answer."""

import gzip
import itertools
import json
import random
import shutil
import sys

import pytest

from img3d_addon.core.errors import Img3dError
from img3d_addon.core.jobs.misread import understood
from img3d_addon.providers import load

from ..fuzz.mutating import places, put
from ..servers.asking import asking
from ..servers.base import Reply
from ..servers.exchanges import ExchangeServer, scenes_of
from ..servers.playing import called
from .servers import Raw
from .world import ALL

SPAR3D, SCENARIO = "stability_spar3d", "scenario_pixal3d"
JSON = {"Content-Type": "application/json"}
MEMORY = 4 << 30  # of addresses; Python with Blender's libraries takes most of the first GiB


def bomb(_reply):
    """Two hundred megabytes of JSON text in two hundred kilobytes."""
    body = gzip.compress(b"[" + b" " * (200 << 20) + b"]", 1)
    return Reply(200, body, {**JSON, "Content-Encoding": "gzip"})


def nested(_reply):
    return Reply(200, b'{"job":' * 200_000, JSON)


def huge(_reply):
    return Reply(200, b'{"job": "' + b"x" * (80 << 20) + b'"}', JSON)


def random_bytes(_reply):
    return Reply(200, random.Random(3).randbytes(5000), {"Content-Type": "model/gltf-binary"})


def random_json(_reply):
    return Reply(200, random.Random(4).randbytes(5000), JSON)


def wrong_gzip(_reply):
    return Reply(200, b"no gzip", {**JSON, "Content-Encoding": "gzip"})


def wrong_type(reply):
    reply.headers["Content-Type"] = "text/html; charset=utf-16"
    return reply


def endless_headers(_reply):
    return Raw(itertools.chain([b"HTTP/1.1 200 OK\r\n"], itertools.repeat(b"X-More: " + b"y" * 1000 + b"\r\n")))


def endless_line(_reply):
    return Raw(itertools.chain([b"HTTP/1.1 200 OK\r\nX-Long: "], itertools.repeat(b"y" * 65536)))


def endless_body(_reply):
    return Raw(
        itertools.chain([b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"], itertools.repeat(b"z" * 65536))
    )


def no_http(_reply):
    return Raw([b"220 mail.example.com ESMTP\r\n"])


def odd_length(reply):
    """A length of five thousand digits, some of them no ASCII."""
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n" + reply.body
    return Raw([raw])


def own_redirect(_reply):
    return Reply(302, b"", {"Location": "?again"})


GARBAGE = [bomb, nested, huge, random_bytes, random_json, wrong_gzip, wrong_type, endless_headers, endless_line]
GARBAGE += [endless_body, no_http, odd_length, own_redirect]
SHORT = {
    "submit": (SPAR3D, (bomb, endless_headers)),
    "poll": (SCENARIO, (nested,)),
    "result": (SCENARIO, (odd_length,)),
    "upload": (SCENARIO, ()),
    "files": (SCENARIO, ()),
}
CASES = [
    pytest.param(provider, step, what, id=f"{step}-{what.__name__}", marks=() if what in short else pytest.mark.long)
    for step, (provider, short) in SHORT.items()
    for what in GARBAGE
]


def limit():
    import resource  # not on Windows

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are of Linux")
@pytest.mark.parametrize(("provider", "step", "what"), CASES)
def test_a_program_that_is_answered_garbage(world, provider, step, what):
    one = world(provider)
    one.options["preexec_fn"] = limit
    one.at(step, what)
    done = one.generate()
    assert done.status in (0, 1), done
    if what is own_redirect:
        one.server.complaints.clear()  # of an address that it has not given out
    assert one.submits == (0 if step == "upload" and done.status else 1)
    if done.status and step not in ("submit", "upload"):
        one.ends_in_the_result()
    elif done.status:
        assert one.resume().status in (0, 1)
        assert one.submits <= 1, "not asked for again by itself"
    else:
        assert one.is_written()


# Each field of each written answer of each service


MOST, MOST_LONG = 15, 800  # for each provider, the same every time
VALUES = (None, True, -1, 2**64, 1e308, "", "x" * 5000, "\ud800", "9" * 5000, [], {}, [None], {"id": {"id": []}})


def mutations(name):
    """Yield the talk of each scene of a provider with one field of one reply replaced."""
    for title, scene in scenes_of(name).items():
        for turn, exchange in enumerate(scene["talk"]):
            answer = exchange.get("reply", {}).get("json")
            if answer is None:
                continue
            for way in places(answer):
                for value in VALUES:
                    yield title, turn, way, value


@pytest.mark.parametrize("name", [name for name, provider in load().items() if provider.base_url])
def test_each_field_of_each_answer_may_be_anything(name, tmp_path):
    """Whatever stands in it: a result, or an error in words; nothing else, and no order that was not written."""
    provider = load()[name]
    chosen = list(mutations(name))
    chosen = random.Random(name).sample(chosen, min(MOST_LONG if ALL else MOST, len(chosen)))
    scenes, folder = scenes_of(name), tmp_path / "job"
    for title, turn, way, value in chosen:
        scene = scenes[title]
        talk = json.loads(json.dumps(scene["talk"]))
        talk[turn]["reply"]["json"] = put(talk[turn]["reply"]["json"], way, value)
        shutil.rmtree(folder, ignore_errors=True)
        with (
            Patient(talk) as server,
            asking(server.url, folder, provider=provider, account=scene.get("account")) as api,
        ):
            try:
                with understood(provider):
                    called(scene, api, provider=provider, folder=folder)
            except Img3dError as error:
                assert str(error).encode("utf-8", "surrogatepass"), (title, turn, way, value)
            except AssertionError:
                pass  # the player is stricter than a run: too many polls, or a task whose name is empty
            orders = [one for one in server.requests if one.method == "POST"]
            written = [one for one in scene["talk"] if one["request"]["method"] == "POST"]
            assert len(orders) <= len(written) + 1, (title, turn, way, value)


class Patient(ExchangeServer):
    """Refuses what is asked beyond what was written."""

    def reply(self, request):
        if self.finished:
            return Reply.of_json({"message": "no more"}, status=400)
        return super().reply(request)
