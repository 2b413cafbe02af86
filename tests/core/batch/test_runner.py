# SPDX-License-Identifier: GPL-3.0-or-later
"""The run of a batch against a service without a network: who is paid, who goes on, who is left alone."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from img3d_addon.core.batch.board import Board, Plan
from img3d_addon.core.batch.budget import Amount, Budget
from img3d_addon.core.batch.ledger import Ledger
from img3d_addon.core.batch.rows import Defaults, make_rows
from img3d_addon.core.batch.runner import Runner
from img3d_addon.core.batch.sources import find
from img3d_addon.core.batch.tasks import Delivered
from img3d_addon.core.errors import AuthError, ImportFailed, OverBudget, ServerError, TaskFailed
from img3d_addon.core.jobs.engine import Engine
from img3d_addon.core.values import Price
from tests.cli.many import pictures
from tests.core.fakes import LIMIT, Remote, Sync, settings

PRICE = Price(amount=4, unit="credits")


class Priced(Sync):
    """Costs 4 credits, and says so beforehand."""

    def estimate(self, api, params, picture=None):
        return PRICE


class Untold(Sync):
    """Tells no price beforehand."""


class Writer:
    """Writes the model as it is; `fails` names files that cannot be."""

    def __init__(self, fails=()):
        self.fails = fails
        self.ended = []
        self.waiting = 0

    def start(self, row, job, target, after):
        error = ImportFailed("It is no model") if row.file.name in self.fails else None
        if error is None:
            target.write_bytes(job.path.read_bytes())
        self.ended.append(Delivered(row, 2, 3, error))

    def finished(self):
        found, self.ended = self.ended, []
        return found


class Heard:
    def __init__(self):
        self.ends = []

    def event(self, row, event):
        pass

    def ended(self, outcome, job):
        self.ends.append(outcome)

    def working(self):
        pass


class Batch:
    """One run of a batch over `folder`; a new one goes on where the last has stopped."""

    def __init__(self, tmp_path, provider, *, jobs=2, limit=None, each=None, retry=False, fails=(), home="home"):
        self.engine = Engine(settings(tmp_path / home, workers=jobs), {provider.name: provider})
        self.plan = Plan(folder=tmp_path / "out", jobs=jobs, retry=retry, after_defaults={})
        self.parts = {"budget": Budget(limit, each=each), "deliverer": Writer(fails), "listener": Heard()}
        self.provider = provider
        self.folder = tmp_path / "in"

    def run(self, until=lambda: False):
        defaults = Defaults(
            provider=self.provider.name,
            params={},
            after={},
            format="glb",
            kinds=("glb",),
            check_after=lambda given, provider, params: given,
        )
        rows = make_rows(find([self.folder]).entries, defaults, {self.provider.name: self.provider})
        end = time.monotonic() + LIMIT
        with Ledger(self.plan.folder, home=str(self.engine.settings.home)) as ledger:
            self.board = Board(self.plan, {self.provider.name: self.provider}, ledger=ledger, **self.parts)
            runner = Runner(self.board, self.engine)
            runner.look(rows)
            runner.run(lambda: until() or time.monotonic() > end)
            self.engine.close()
            self.outcomes = sorted([*self.board.outcomes.values(), *runner.left()], key=lambda found: found.row.number)
        assert time.monotonic() < end
        return [outcome.state for outcome in self.outcomes]


@pytest.fixture
def sync():
    made = Priced()
    made.let_finish.set()
    return made


def test_every_row_is_paid_and_written_once(tmp_path, sync):
    pictures(tmp_path / "in", 5)
    batch = Batch(tmp_path, sync)
    assert batch.run() == ["written"] * 5
    assert len(sync.submits) == 5
    assert sorted(path.name for path in (tmp_path / "out").glob("*.glb")) == [f"p{n:04}.glb" for n in range(5)]
    assert {(found.faces, found.vertices, found.cost.amount) for found in batch.outcomes} == {(2, 3, 4)}
    again = Batch(tmp_path, sync)
    assert again.run() == ["written"] * 5
    assert all(outcome.before for outcome in again.outcomes)
    assert len(sync.submits) == 5


def test_the_same_picture_twice_is_paid_once_and_written_twice(tmp_path, sync):
    pictures(tmp_path / "in", 2)
    (tmp_path / "in" / "again.png").write_bytes((tmp_path / "in" / "p0001.png").read_bytes())
    batch = Batch(tmp_path, sync, jobs=4)
    assert batch.run() == ["written"] * 3
    assert len(sync.submits) == 2
    assert len(list((tmp_path / "out").glob("*.glb"))) == 3
    assert sum(found.cost.amount for found in batch.outcomes if found.cost) == 8


def test_a_picture_that_comes_again_in_a_later_run_is_counted_once(tmp_path, sync):
    pictures(tmp_path / "in", 2)
    Batch(tmp_path, sync).run()
    (tmp_path / "in" / "again.png").write_bytes((tmp_path / "in" / "p0000.png").read_bytes())
    for _run in range(2):
        batch = Batch(tmp_path, sync, limit=Amount(9))
        assert batch.run() == ["written"] * 3
        assert sum(found.cost.amount for found in batch.outcomes if found.cost) == 8
        assert (batch.board.budget.spent, batch.board.budget.promised) == (8, 0)
    assert len(sync.submits) == 2


def test_a_file_that_is_gone_is_written_again_without_being_paid(tmp_path, sync):
    pictures(tmp_path / "in", 2)
    Batch(tmp_path, sync).run()
    (tmp_path / "out" / "p0001.glb").unlink()
    assert Batch(tmp_path, sync).run() == ["written"] * 2
    assert (tmp_path / "out" / "p0001.glb").is_file()
    assert len(sync.submits) == 2


def test_another_picture_under_the_old_name_is_new_work(tmp_path, sync):
    pictures(tmp_path / "in", 2)
    Batch(tmp_path, sync).run()
    (tmp_path / "in" / "p0000.png").write_bytes((tmp_path / "in" / "p0001.png").read_bytes() + b"\0")
    assert Batch(tmp_path, sync).run() == ["written"] * 2
    assert len(sync.submits) == 3


def test_a_row_that_fails_stops_no_other_and_is_tried_again_only_on_request(tmp_path, sync):
    pictures(tmp_path / "in", 3)
    (tmp_path / "in" / "p0001.png").write_text("I am no picture")
    assert Batch(tmp_path, sync).run() == ["written", "failed", "written"]
    sync.submit_error = ServerError("It is ill", provider="Sync")
    sync.submit_error.said = "I am ill"
    pictures(tmp_path / "in", 3)
    batch = Batch(tmp_path, sync)
    assert batch.run() == ["written", "failed", "written"]
    assert "ill" in batch.outcomes[1].error
    sync.submit_error = None
    asked = len(sync.submits)
    left = Batch(tmp_path, sync)
    assert left.run() == ["written", "failed", "written"]
    assert "ill" in left.outcomes[1].error
    assert len(sync.submits) == asked
    assert Batch(tmp_path, sync, retry=True).run() == ["written"] * 3
    assert len(sync.submits) == asked + 1


def test_a_file_that_could_not_be_written_is_not_paid_again(tmp_path, sync):
    pictures(tmp_path / "in", 2)
    batch = Batch(tmp_path, sync, fails=("p0000.glb",))
    assert batch.run() == ["failed", "written"]
    assert batch.outcomes[0].error == "It is no model. The file is kept in the library; look at the job to find it."
    assert Batch(tmp_path, sync).run() == ["failed", "written"]
    assert Batch(tmp_path, sync, retry=True).run() == ["written"] * 2
    assert len(sync.submits) == 2


def test_the_limit_is_not_passed_and_counts_what_is_under_way(tmp_path, sync):
    pictures(tmp_path / "in", 6)
    batch = Batch(tmp_path, sync, jobs=6, limit=Amount(15))
    assert batch.run() == ["written"] * 3 + ["waiting"] * 3
    assert len(sync.submits) == 3
    assert isinstance(batch.board.stopped_by, OverBudget)
    assert "The limit of 15 would be passed" in str(batch.board.stopped_by)
    again = Batch(tmp_path, sync, limit=Amount(15))
    assert again.run().count("waiting") == 3  # what was spent before counts
    assert Batch(tmp_path, sync, limit=Amount(24)).run() == ["written"] * 6
    assert len(sync.submits) == 6


def test_what_failed_jobs_have_cost_counts_when_they_are_tried_again(tmp_path):
    class Costly(Remote):
        def estimate(self, api, params, picture=None):
            return PRICE

    provider = Costly()
    provider.poll_error = TaskFailed("It saw nothing in it", provider="Costly")
    pictures(tmp_path / "in", 1)
    limit = {"limit": Amount(9), "retry": True}
    states = [Batch(tmp_path, provider, **limit).run() for _run in range(4)]
    assert states == [["failed"], ["failed"], ["waiting"], ["waiting"]]
    assert len(provider.submits) == 2
    assert Batch(tmp_path, provider, limit=Amount(13), retry=True).run() == ["failed"]
    left = Batch(tmp_path, provider, limit=Amount(13))
    assert left.run() == ["failed"]
    assert left.board.budget.spent == 12


def test_a_price_that_nobody_tells_is_not_risked(tmp_path):
    provider = Untold()
    provider.let_finish.set()
    pictures(tmp_path / "in", 3)
    batch = Batch(tmp_path, provider, limit=Amount(100))
    assert batch.run() == ["waiting"] * 3
    assert not provider.submits
    assert "--assume-price" in str(batch.board.stopped_by)
    assumed = Batch(tmp_path, provider, jobs=1, limit=Amount(9), each=Amount(4))
    assert assumed.run() == ["written", "written", "waiting"]  # the service said 4 afterwards, too


def test_what_a_service_never_tells_counts_as_assumed(tmp_path):
    class Silent(Untold):
        def model(self, api):
            return replace(super().model(api), cost=None)

    provider = Silent()
    pictures(tmp_path / "in", 4)
    (tmp_path / "in" / "again.png").write_bytes((tmp_path / "in" / "p0000.png").read_bytes())
    limit = {"limit": Amount(9), "each": Amount(4)}
    assert Batch(tmp_path, provider, jobs=1, **limit).run().count("waiting") == 2
    assert len(provider.submits) == 2
    assert Batch(tmp_path, provider, jobs=1, **limit).run().count("waiting") == 2  # of an earlier run, too
    assert len(provider.submits) == 2


def test_a_price_that_only_the_service_tells_is_asked_for(tmp_path, sync):
    class Asked(Sync):
        has_estimate = True
        asked = 0

        def estimate(self, api, params, picture=None):
            if api is None:
                return None
            Asked.asked += 1
            return PRICE

    provider = Asked()
    pictures(tmp_path / "in", 4)
    assert Batch(tmp_path, provider, limit=Amount(8)).run().count("written") == 2
    assert len(provider.submits) == 2
    assert Asked.asked == 1  # the same settings cost the same


def test_a_service_that_refuses_the_account_is_not_asked_for_every_row(tmp_path, sync):
    sync.submit_error = AuthError("The key is wrong", provider="Sync")
    pictures(tmp_path / "in", 12)
    batch = Batch(tmp_path, sync, jobs=1)
    states = batch.run()
    assert states.count("failed") == len(sync.submits) < 7
    assert {"Not sent" in found.error for found in batch.outcomes if found.state == "waiting"} == {True}


def test_what_is_under_way_is_taken_up_and_not_submitted_again(tmp_path):
    provider = Remote()
    pictures(tmp_path / "in", 3)
    first = Batch(tmp_path, provider)
    assert set(first.run(until=lambda: len(provider.submits) == 2 and provider.in_poll.is_set())) <= {"open", "waiting"}
    provider.let_finish.set()
    assert Batch(tmp_path, provider).run() == ["written"] * 3
    assert len(provider.submits) == 3


def test_a_submit_without_an_answer_is_left_alone(tmp_path):
    provider = Sync()
    provider.let_submit.clear()
    pictures(tmp_path / "in", 1)
    batch = Batch(tmp_path, provider)
    assert batch.run(until=provider.in_submit.is_set) == ["uncertain"]
    provider.let_submit.set()
    for retry in (False, True):
        left = Batch(tmp_path, provider, retry=retry)
        assert left.run() == ["uncertain"]
        assert "--submit-again" in left.outcomes[0].error
    assert len(provider.submits) == 1


def test_a_job_of_another_journal_is_not_submitted_again_by_itself(tmp_path):
    provider = Remote()
    pictures(tmp_path / "in", 1)
    Batch(tmp_path, provider).run(until=provider.in_poll.is_set)
    provider.let_finish.set()
    other = Batch(tmp_path, provider, home="other")
    assert other.run() == ["uncertain"]
    assert "is not in this journal" in other.outcomes[0].error
    assert Batch(tmp_path, provider).run() == ["written"]
    assert len(provider.submits) == 1


@pytest.mark.parametrize("gone", ['"sent"', '"job"'])
def test_what_another_machine_had_no_time_to_note_is_left_to_it(tmp_path, gone):
    provider = Remote()
    pictures(tmp_path / "in", 1)
    Batch(tmp_path, provider).run(until=provider.in_poll.is_set)
    path = next(Path(tmp_path / "out").rglob("all.jsonl"))
    lines = [line for line in path.read_text().splitlines() if gone not in line and '"sent"' not in line]
    path.write_text("\n".join(lines) + "\n")
    provider.let_finish.set()
    other = Batch(tmp_path, provider, home="other")
    assert other.run() == ["uncertain"]
    assert "IMG3D_HOME of that run" in other.outcomes[0].error
    assert len(provider.submits) == 1


@pytest.mark.parametrize("way", ["out", "in/../out"])
def test_a_job_that_no_line_was_written_for_is_found_by_its_file(tmp_path, way):
    provider = Remote()
    pictures(tmp_path / "in", 1)
    Batch(tmp_path, provider).run(until=provider.in_poll.is_set)
    path = next(Path(tmp_path / "out").rglob("all.jsonl"))
    lines = [line for line in path.read_text().splitlines() if '"job"' not in line and '"sent"' not in line]
    path.write_text("\n".join(lines) + "\n")
    provider.let_finish.set()
    again = Batch(tmp_path, provider)
    again.plan = replace(again.plan, folder=tmp_path / way)
    assert again.run() == ["written"]
    assert len(provider.submits) == 1
