# SPDX-License-Identifier: GPL-3.0-or-later
"""Vtrix spark_3d: refusals, failed tasks and codes, each with its kind and the words of the service."""

import pytest

from img3d_addon.core import errors
from tests.providers.vtrix_calls import bodies, follow, submit
from tests.servers.asking import KEY
from tests.servers.base import Reply
from tests.servers.plain import PlainServer
from tests.servers.vtrix import CREATE, VtrixServer
from tests.servers.vtrix_words import BY_REQUEST, CODES, REFUSED, SAD, WORDS


@pytest.fixture
def server():
    with VtrixServer() as running:
        yield running
        assert running.complaints == []


def failed(server, folder, scene):
    server.play(scene)
    task = submit(server, folder)
    with pytest.raises(errors.ProviderError) as caught:
        follow(server, folder, task)
    assert caught.value.retry is False, "asking again gives the same answer"
    assert len(bodies(server)) == 1, "a failed task is no reason for another submit"
    return caught.value


@pytest.mark.parametrize(
    ("scene", "words"),
    [
        ("failed_object", SAD),
        ("failed_message", SAD),
        ("failed_string", SAD),
        ("failed_int", "003020095"),
        ("failed_short", "003020095"),
        ("failed_provider", SAD),
        ("failed_silent", "does not say why"),
        ("failed_moderation", "The picture was flagged."),
        ("completed_error", SAD),
        ("cancelled", "cancelled"),
    ],
)
def test_a_failed_task_is_told_in_the_words_of_the_service(tmp_path, server, scene, words):
    """Section 8, rows 8 and 9b; how moderation answers is unknown, and its sentence is shown all the same."""
    error = failed(server, tmp_path, scene)
    assert type(error) is errors.TaskFailed
    assert words in str(error)
    assert error.said


@pytest.mark.parametrize("code", CODES)
def test_each_code_has_its_kind_and_its_sentence(tmp_path, server, code):
    error = failed(server, tmp_path, f"code_{code}")
    assert error.kind == ("bad_request" if code in BY_REQUEST else "server")
    assert CODES[code] in str(error)
    assert code in str(error)


@pytest.mark.parametrize("way", ["submit", "no_id"])
@pytest.mark.parametrize("code", CODES)
def test_each_code_may_meet_the_submit(tmp_path, server, code, way):
    server.play(f"{way}_{code}")
    with pytest.raises(errors.ProviderError) as caught:
        submit(server, tmp_path)
    assert caught.value.kind == ("bad_request" if code in BY_REQUEST else "server")
    assert CODES[code] in str(caught.value)
    assert caught.value.said, "so that nobody takes it for a lost answer"
    assert len(bodies(server)) == (2 if code in ("003020001", "003020002") else 1)


@pytest.mark.parametrize("body", [{"error": {"code": 3020004}}, {"code": "3020004"}])
def test_a_code_without_words_is_put_into_words(tmp_path, body):
    with PlainServer() as plain:
        plain.on(CREATE, Reply.of_json(body, status=400))
        with pytest.raises(errors.RequestRefused, match="file format is not taken") as caught:
            submit(plain, tmp_path)
        assert caught.value.said
        assert len(plain.requests) == 1


HTTP_KINDS = {
    "http_401": errors.AuthError,
    "http_403_balance": errors.CreditsError,
    "http_403_permission": errors.PlanError,
    "http_429": errors.RateLimited,
    "http_500": errors.ServerError,
    "http_504": errors.ServerError,
}


@pytest.mark.parametrize("scene", REFUSED)
def test_each_status_is_told_in_the_words_of_the_service(tmp_path, server, scene):
    server.play(scene)
    with pytest.raises(errors.ProviderError) as caught:
        submit(server, tmp_path)
    name = scene.rpartition("_")[0]
    assert type(caught.value) is HTTP_KINDS[name]
    assert caught.value.status == REFUSED[scene][0]
    assert WORDS.get(int(name[5:]) if name[5:].isdecimal() else name[5:]) in str(caught.value)
    assert len(server.requests) == 1
    assert server.spent == 0


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Insufficient permissions", "plan"),
        ("Insufficient funds", "credits"),
        ("Your balance is empty", "credits"),
        ("Forbidden", "plan"),
    ],
)
def test_a_403_is_told_apart_by_its_words(tmp_path, words, kind):
    with PlainServer() as plain:
        plain.on(CREATE, Reply.of_json({"message": words}, status=403))
        with pytest.raises(errors.ProviderError, match=words) as caught:
            submit(plain, tmp_path)
    assert caught.value.kind == kind


def test_too_many_requests_wait_as_told(tmp_path, server):
    server.play("told_429")
    with pytest.raises(errors.RateLimited) as caught:
        submit(server, tmp_path)
    assert caught.value.wait == 7


def test_a_wrong_key_is_an_auth_error(tmp_path, server):
    with pytest.raises(errors.AuthError, match="Invalid API key"):
        submit(server, tmp_path, key="sk-wrong-key")


def test_a_key_in_the_words_of_the_service_is_masked(tmp_path, server):
    server.play("echo_key")
    with pytest.raises(errors.PlanError, match=r"Bearer \*\*\*") as caught:
        submit(server, tmp_path)
    assert KEY not in str(caught.value) + caught.value.said


@pytest.mark.parametrize(
    ("scene", "kind"),
    [
        ("html", errors.BadResult),
        ("empty", errors.BadResult),
        ("missing_id_silent", errors.BadResult),
        ("missing_id", errors.TaskFailed),
        ("bad_gateway", errors.ServerError),
        ("reset", errors.NetworkError),
        ("cut_answer", errors.NetworkError),
    ],
)
def test_other_ends_of_a_submit_are_no_reason_for_another_form(tmp_path, server, scene, kind):
    server.play(scene)
    with pytest.raises(kind):
        submit(server, tmp_path)
    assert len(server.requests) == 1
