# SPDX-License-Identifier: GPL-3.0-or-later
"""Statuses and bodies to errors."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from img3d_addon.core import errors
from img3d_addon.core.http.answer import Answer, Headers
from img3d_addon.core.http.refusals import refusal, said_by, wait_of


def answer(status, body="", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    text = body if isinstance(body, str) else json.dumps(body)
    return Answer(status=status, text=text, headers=Headers(named))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.RequestRefused),
        (401, errors.AuthError),
        (402, errors.CreditsError),
        (403, errors.PlanError),
        (404, errors.NotFound),
        (410, errors.NotFound),
        (413, errors.TooLarge),
        (422, errors.RequestRefused),
        (429, errors.RateLimited),
        (500, errors.ServerError),
        (503, errors.ServerError),
        (599, errors.ServerError),
        (418, errors.ProviderError),
    ],
)
def test_each_status_has_its_error(status, kind):
    error = refusal(answer(status, {"message": "its own words"}), provider="P")
    assert type(error) is kind
    assert (error.status, error.provider, error.said) == (status, "P", "its own words")
    assert f"“its own words” (HTTP {status})" in str(error)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"id": "1", "name": "n", "errors": ["a: b", "c"], "message": "later"}, "a: b; c"),
        ({"message": "m", "error": "e"}, "m"),
        ({"messege": "old spelling"}, "old spelling"),
        ({"error": {"code": "1", "message": "deep"}}, "deep"),
        ({"error": {"error_message": "deeper"}}, "deeper"),
        ({"detail": [{"loc": ["body"], "msg": "wrong", "type": "t"}]}, "wrong"),
        ({"detail": "text"}, "text"),
        ({"reason": "because"}, "because"),
        ({"message": {"seed": ["too big", "odd"]}}, "seed: too big; seed: odd"),
        ({"error": None, "message": ""}, ""),
        ("just\n  words", "just words"),
        ("<html>502</html>", ""),
        ("", ""),
        ([1, 2], ""),
        ("x" * 600, "x" * 500 + "…"),
    ],
)
def test_the_words_of_the_service_are_found(body, said):
    assert said_by(answer(400, body)) == said.strip()


def test_a_signed_address_in_the_words_of_the_service_is_shown_without_its_query():
    body = {"message": "Unable to fetch https://cdn.invalid/in.png?X-Amz-Signature=geheim&b=1 in time"}
    assert said_by(answer(400, body)) == "Unable to fetch https://cdn.invalid/in.png?… in time"


def test_a_web_page_is_nobodys_words():
    error = refusal(answer(502, "<html><h1>Bad Gateway</h1></html>"), provider="P")
    assert isinstance(error, errors.ServerError)
    assert error.said == ""
    assert "<" not in str(error)


@pytest.mark.parametrize(
    ("body", "headers", "wait"),
    [
        ("", {"retry_after": "12"}, 12),
        ("", {"retry_after": "0"}, 0),
        ({"retry_after": 30}, {}, 30),
        ({"remainingSeconds": "4.5"}, {}, 4.5),
        ({"retry_after": 30}, {"retry_after": "5"}, 5),
        ({"retry_after": True}, {"retry_after": "soon"}, None),
        ({"retry_after": 1e999}, {}, None),
        ("[]", {}, None),
        ("", {"retry_after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
    ],
)
def test_the_wait_is_found(body, headers, wait):
    assert wait_of(answer(429, body, **headers)) == wait


def test_the_wait_may_be_a_date():
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert 60 < wait_of(answer(429, retry_after=soon)) <= 90


def test_a_told_wait_counts_before_the_providers_own():
    assert refusal(answer(429), provider="P", wait=60).wait == 60
    assert refusal(answer(429, retry_after="3"), provider="P", wait=60).wait == 3


def test_a_proxy_that_asks_for_a_password_is_the_network():
    error = refusal(answer(407, "<html>"), provider="P")
    assert isinstance(error, errors.NetworkError)
    assert error.sent is False


DEEP = "[" * 100_000


def test_what_a_gateway_says_is_shown_but_is_not_the_word_of_the_service():
    error = refusal(answer(503, "upstream connect error"), provider="P")
    assert "“upstream connect error”" in str(error)
    assert error.said == ""


def test_control_characters_of_a_service_reach_no_terminal():
    assert said_by(answer(400, {"message": "a\x1b[31mred\x00\u202eb\u2028c"})) == "a [31mred b c"
    assert said_by(answer(400, "\x1b]0;title\x07x")) == "]0;title x"


def test_json_nested_without_end_is_survived():
    error = refusal(answer(429, DEEP), provider="P", wait=60)
    assert error.wait == 60
    assert len(error.message) < 600
    lists = "[" * 800 + '"word"' + "]" * 800
    assert said_by(answer(400, '{"errors": ' + lists + "}"))
    with pytest.raises(errors.BadResult, match="not understood"):
        _ = answer(200, DEEP).json


def test_a_web_page_is_told_apart_from_the_word_of_the_service():
    error = refusal(answer(403, " <html>Access denied</html>"), provider="P")
    assert "does not allow this call, with a web page that may come from a proxy" in str(error)
    assert "Access denied" not in str(error)
