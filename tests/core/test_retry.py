# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked again, after how long and how often, and what never is."""

import pytest

from img3d_addon.core.errors import NetworkError, RateLimited, ServerError, TimedOut
from img3d_addon.core.jobs import retry


def network(*, sent):
    error = NetworkError("broken off")
    error.sent = sent
    return error


def test_waits_grow_to_a_minute_and_stay_there():
    waits = [retry.backoff(ServerError("x"), attempt=n, jitter=lambda: 0.0) for n in range(9)]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert retry.backoff(ServerError("x"), attempt=5000, jitter=lambda: 0.0) == 60


def test_the_service_s_own_wait_counts_and_is_never_shortened():
    error = RateLimited("slow down", wait=90)
    assert retry.backoff(error, attempt=0, jitter=lambda: 0.0) == 90
    assert 90 <= retry.backoff(error, attempt=3, jitter=lambda: 1.0) <= 120


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        (RateLimited("busy", wait=7), 7),
        (RateLimited("busy", wait=0), 5),
        (RateLimited("busy"), 60),
        (network(sent=False), 1),
        (network(sent=True), None),
        (NetworkError("who knows"), None),
        (ServerError("500"), None),
    ],
)
def test_a_submit_is_sent_again_only_when_it_surely_was_not_taken(error, wait):
    assert retry.submit_wait(error, attempt=0, jitter=lambda: 0.0) == wait


def test_an_unreachable_service_is_tried_three_times_and_a_busy_one_for_ever():
    tries = [retry.submit_wait(network(sent=False), attempt=n, jitter=lambda: 0.0) for n in range(4)]
    assert tries == [1, 2, None, None]
    assert retry.submit_wait(RateLimited("busy"), attempt=99, jitter=lambda: 0.0) == 60


def test_a_deadline_cuts_the_last_wait_and_then_ends_with_the_last_trouble():
    now = [100.0]
    deadline = retry.Deadline.after(1200, clock=lambda: now[0])
    assert deadline.clip(60, label="Vendor") == 60
    now[0] = 1290.0
    assert deadline.clip(60, label="Vendor") == 10
    now[0] = 1300.0
    with pytest.raises(TimedOut, match=r"Vendor did not deliver within 20 minutes.*was: it burns.*not paid twice"):
        deadline.clip(60, label="Vendor", last=ServerError("it burns", advice=""))
