# SPDX-License-Identifier: GPL-3.0-or-later
"""What jobs have cost today, and which limits further ones would pass."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from img3d_addon.core.jobs.job import Job
from img3d_addon.core.jobs.journal import Journal
from img3d_addon.core.jobs.spending import Limit, Paid, midnight, objections, paid, total
from img3d_addon.core.provider import Provider
from img3d_addon.core.values import Price, Task


class Credits(Provider):
    name, label, vendor, unit = "credits", "Credits", "C", "credits"


class Dollars(Provider):
    name, label, vendor = "dollars", "Dollars", "D"


PROVIDERS = {"credits": Credits(), "dollars": Dollars()}
FOUR = Price(amount=4, unit="credits", usd=0.04)
UNITS = Price(amount=30, unit="units")


def usd(amount):
    return Price(amount=amount, unit="USD", usd=amount)


def credits_job(price=FOUR):
    return Paid(PROVIDERS["credits"], price)


def dollars_job(price):
    return Paid(PROVIDERS["dollars"], price)


def a_job(**values):
    plain = {"id": "j", "provider": "credits", "name": "j", "image": Path("a.png"), "params": {}, "after": {}}
    return Job(**{**plain, "state": "ready", "created": 1.0, "updated": 1.0, "price": FOUR, **values})


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        ({"state": "ready"}, True),
        ({"state": "imported"}, True),
        ({"state": "uncertain"}, True),
        ({"state": "remote"}, True),
        ({"state": "prepared", "owner_alive": True}, True),
        ({"state": "prepared"}, False),
        ({"state": "failed"}, False),
        ({"state": "failed", "task": Task("t")}, True),
        ({"state": "cancelled", "cost": FOUR}, True),
        ({"state": "ready", "provider": "gone"}, False),
    ],
)
def test_a_job_counts_once_it_may_have_been_charged(values, counts):
    assert bool(paid([a_job(**values)], PROVIDERS)) is counts


def test_what_was_charged_counts_before_the_price_of_before():
    (item,) = paid([a_job(cost=usd(0.5))], PROVIDERS)
    assert item.price == usd(0.5)


def test_a_limit_is_passed_only_above_it():
    limit = Limit(job=0.3, day=0.3)
    assert objections([dollars_job(usd(0.1))], [dollars_job(usd(0.2))], [limit]) == []
    (said,) = objections([dollars_job(usd(0.11))], [dollars_job(usd(0.2))], [limit])
    assert "for a day is 0.3 USD" in said
    assert "0.31 USD" in said


def test_the_dearest_of_several_jobs_is_held_against_the_limit_for_a_job_and_all_against_that_of_the_day():
    said = objections([dollars_job(usd(0.2)), dollars_job(usd(0.4))], [], [Limit(job=0.3, day=0.5)])
    assert "this one costs 0.4 USD" in said[0]
    assert "come to 0.6 USD" in said[1]


def test_credits_count_in_dollars_where_these_are_known_and_in_their_own_unit():
    assert objections([credits_job()], [], [Limit(job=0.03)])
    own = Limit(unit="credits", vendor="C", day=10)
    assert objections([credits_job()], [credits_job(), credits_job()], [own])
    assert not objections([credits_job()], [credits_job()], [own])
    assert not objections([dollars_job(usd(50))], [], [own])


def test_what_no_limit_can_count_is_said():
    (said,) = objections([credits_job(None)], [], [Limit(job=1)])
    assert "not known beforehand" in said
    units = credits_job(UNITS)
    (said,) = objections([units], [], [Limit(job=1)])
    assert "counts in units" in said
    assert objections([units], [], [Limit(job=1), Limit(unit="units", vendor="C", job=50)]) == []


def test_without_limits_and_for_free_jobs_nothing_is_said():
    assert objections([credits_job(None), credits_job()], [], [Limit()]) == []
    assert objections([credits_job(usd(0))], [credits_job()], [Limit(job=0.01, day=0.01)]) == []


def test_totals_in_words():
    assert total([credits_job(), credits_job()]) == "8 credits (0.08 USD)"
    assert total([dollars_job(usd(0.1)), dollars_job(usd(0.2))]) == "0.3 USD"
    assert total([credits_job(), dollars_job(usd(1))]) == "4 credits (0.04 USD) + 1 USD"
    assert total([credits_job(UNITS), credits_job(None)]) == "30 units + 1 job of unknown price"
    assert total([credits_job(usd(0))]) == "free"


def test_the_jobs_of_today_are_read_from_the_journal(home):
    journal = Journal(home)
    today = midnight()
    for number, created in enumerate((today - 1, today, time.time())):
        journal.add(replace(a_job(), id=f"job{number}", created=created))
    assert [job.id for job in journal.list(since=today)] == ["job2", "job1"]
    assert [job.id for job in journal.list(1, since=today, states=["ready"])] == ["job2"]
    journal.close()


def test_a_day_begins_at_midnight_where_the_computer_is():
    begun = time.localtime(midnight())
    assert (begun.tm_hour, begun.tm_min, begun.tm_sec) == (0, 0, 0)
    assert 0 <= time.time() - midnight() <= 25 * 3600
