# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger outlives kills, moves of its folder and full disks; the budget counts what is under way."""

import pytest

from img3d_addon.core.batch.budget import Amount, Budget, amount_of
from img3d_addon.core.batch.keys import Keys
from img3d_addon.core.batch.ledger import FOLDER, Ledger, Made
from img3d_addon.core.errors import BadInput
from img3d_addon.core.values import Price

CREDITS = Price(amount=4, unit="credits", usd=0.04)


def test_what_was_noted_is_read_again_wherever_the_folder_is_now(tmp_path):
    with Ledger(tmp_path / "out") as ledger:
        ledger.begin("k1", "a.glb")
        ledger.job("k1", "j1")
        ledger.sent("k1")
        ledger.begin("k2", "b.glb")
        ledger.job("k2", "j2")
        ledger.end("k2", "failed", kind="server", error="It broke", cost=CREDITS)
        ledger.write("a.glb", Made("f1", "j1", 10, 8, 1.5, CREDITS))
    (tmp_path / "out" / "a.glb").touch()
    (tmp_path / "out").rename(tmp_path / "moved")
    found = Ledger(tmp_path / "moved").read()
    assert (found.begun["k1"].job, found.begun["k1"].sent) == ("j1", True)
    assert (found.begun["k2"].ended, found.begun["k2"].error, found.begun["k2"].cost) == ("failed", "It broke", CREDITS)
    assert found.made["a.glb"] == Made("f1", "j1", 10, 8, 1.5, CREDITS)
    assert found.written("a.glb", Keys("k1", "f1"))
    assert not found.written("a.glb", Keys("k1", "other"))
    (tmp_path / "moved" / "a.glb").unlink()
    assert not found.written("a.glb", Keys("k1", "f1"))


@pytest.mark.parametrize("rest", ["", '{"begun": "k3", "fi', "\0\0\0", '{"made": 3}', "[]", '"text"'])
def test_a_line_that_a_kill_has_cut_costs_that_line(tmp_path, rest):
    with Ledger(tmp_path) as ledger:
        ledger.begin("k1", "a.glb")
    path = tmp_path / FOLDER / "all.jsonl"
    with path.open("a") as file:
        file.write(rest)
    with Ledger(tmp_path) as ledger:
        assert set(ledger.begun) == {"k1"}
        ledger.begin("k2", "b.glb")
    assert set(Ledger(tmp_path).read().begun) == {"k1", "k2"}


def test_one_batch_at_a_time_writes_a_part_and_parts_read_each_other(tmp_path):
    with Ledger(tmp_path, part="0-5") as ledger:
        ledger.begin("k1", "a.glb")
        with pytest.raises(BadInput, match="Another batch is writing"), Ledger(tmp_path, part="0-5"):
            pass
        with Ledger(tmp_path, part="5-9") as other:
            assert set(other.begun) == {"k1"}
    with Ledger(tmp_path, part="0-5"):
        pass


def test_of_a_row_that_two_parts_have_begun_the_later_counts(tmp_path, monkeypatch):
    for now, part, job in ((1.0, "0-5", "j1"), (2.0, "0-9", "j2")):
        monkeypatch.setattr("img3d_addon.core.batch.ledger.time.time", lambda now=now: now)
        with Ledger(tmp_path, part=part) as ledger:
            ledger.begin("k", "a.glb")
            ledger.job("k", job)
            if part == "0-5":
                ledger.end("k", "failed", error="It broke")
    with Ledger(tmp_path, part="0-20") as ledger:
        ledger.end("k", "cancelled")
    for part in ("0-5", "0-9", "0-30"):
        with Ledger(tmp_path, part=part) as ledger:
            assert ledger.begun["k"].job == "j2"


@pytest.mark.parametrize(("one", "other"), [("0-5", "4-9"), ("0-9", "3-4"), ("0-5", "all"), ("all", "2-3")])
def test_no_two_batches_at_once_have_the_same_rows(tmp_path, one, other):
    with Ledger(tmp_path, part=one), pytest.raises(BadInput, match="Another batch"), Ledger(tmp_path, part=other):
        pass
    with Ledger(tmp_path, part=other):
        pass


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("40", Amount(40)),
        ("2.50USD", Amount(2.5, "USD")),
        (".5 usd", Amount(0.5, "USD")),
        ("7 credits", Amount(7, "credits")),
        ("0", Amount(0)),
    ],
)
def test_sums_of_money(text, amount):
    assert amount_of(text) == amount


@pytest.mark.parametrize("text", ["", "free", "-3", "1,5", "1e3", "nan", "$5", "5 5"])
def test_what_is_no_sum_of_money(text):
    with pytest.raises(BadInput, match="is no sum of money"):
        amount_of(text)


def test_the_budget_counts_what_is_promised_and_lets_go_of_what_was_not_spent():
    budget = Budget(Amount(10))
    for row in (1, 2):
        assert budget.allows(budget.count(CREDITS))
        budget.promise(row, 4)
    assert not budget.allows(4)
    budget.settle(1, 0)
    assert budget.allows(4)
    budget.settle(2, 7)  # dearer than it was said to be
    assert (budget.spent, budget.promised) == (7, 0)
    assert not budget.allows(4)


def test_sums_of_tenths_reach_their_limit():
    budget = Budget(Amount(0.3))
    for row in range(3):
        assert budget.allows(0.1)
        budget.promise(row, 0.1)
        budget.settle(row, 0.1)
    assert not budget.allows(0.1)


def test_units():
    assert Budget(Amount(1, "USD")).count(CREDITS) == 0.04
    assert Budget(Amount(1)).count(CREDITS) == 4
    assert Budget(Amount(1, "Credits")).count(CREDITS) == 4
    assert Budget(Amount(1, "USD")).count(Price(amount=0, unit="stars")) == 0
    assert Budget(Amount(1)).count(None) is None
    assert Budget(Amount(1), each=Amount(0.2)).count(None) == 0.2
    assert Budget(Amount(1), each=Amount(0.2, "USD")).count(CREDITS) == 0.04
    with pytest.raises(BadInput, match="two units"):
        Budget(Amount(9, "credits"), each=Amount(0.5, "USD"))
    mixed = Budget(Amount(9))
    mixed.count(CREDITS)
    with pytest.raises(BadInput, match="A price in units cannot be counted against a limit in credits"):
        mixed.count(Price(amount=1, unit="units"))
