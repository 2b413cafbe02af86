# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal: moves of a job, owners that are gone, several processes at once, and files that are damaged."""

import os
import sqlite3
import subprocess
import sys
import threading
import time

import pytest

from img3d_addon.core.errors import BadInput, Busy, LeaseLost, OutputError
from img3d_addon.core.jobs import lease, schema
from img3d_addon.core.jobs.job import MOVES, STATES, Ids, Job
from img3d_addon.core.jobs.journal import Journal
from img3d_addon.core.values import Model, Picture, Price, Task

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))  # noqa: PTH120


IDS = Ids()


def a_job(home, **values):
    values = {
        "id": IDS.new(),
        "provider": "vendor",
        "name": "chair",
        "image": home.parent / "chair.png",
        "state": "prepared",
        "params": {"seed": 7},
        "after": {"size": 1.5},
        "created": 100.0,
        "updated": 100.0,
        **values,
    }
    return Job(**values)


@pytest.fixture
def journal(home):
    journal = Journal(home)
    yield journal
    journal.close()


def other(home, code, *arguments):
    """Run code in another process, with `journal` made for it; return what it printed."""
    head = "import sys\nfrom pathlib import Path\nfrom img3d_addon.core.jobs.journal import Journal\n"
    head += "journal = Journal(Path(sys.argv[1]))\n"
    done = subprocess.run(
        [sys.executable, "-c", head + code, str(home), *arguments],
        capture_output=True, text=True, cwd=ROOT, check=True,
    )  # fmt: skip
    return done.stdout


def test_a_job_comes_back_as_it_was_written(journal, home):
    folder = home / "library" / "x"
    job = a_job(
        home,
        picture=Picture(
            path=folder / "input.png", name="chair.png", mime="image/png", width=640, height=700,
            has_alpha=True, sha256="ab", size=99,
        ),
        task=Task("t1", {"stage": 2}),
        model=Model(
            urls=("https://cdn.invalid/a?Signature=s",), path=folder / "a.glb",
            cost=Price(amount=4, unit="credits", usd=0.04), seed=4294967294, facts={"faces": 3},
        ),
        path=folder / "a.glb", kind="glb", price=Price(amount=4, unit="credits"), seed=3,
    )  # fmt: skip
    journal.add(job)
    read = journal.get(job.id)
    assert read.owner_alive
    assert {**vars(read), "owner_alive": False} == vars(job)


def test_files_are_found_again_when_the_home_folder_moved(journal, home, tmp_path):
    job = a_job(home, path=home / "library" / "a.glb")
    journal.add(job)
    journal.close()
    moved = Journal(home.rename(tmp_path / "elsewhere"))
    assert moved.get(job.id).path == tmp_path / "elsewhere" / "library" / "a.glb"
    assert moved.get(job.id).image == job.image
    moved.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permission bits")
def test_nobody_else_may_read_the_journal(journal, home):
    home.mkdir(mode=0o755, exist_ok=True)
    journal.add(a_job(home))
    assert [path.name for path in home.glob("journal.sqlite3*") if path.stat().st_mode & 0o077] == []


def test_no_signed_address_shows_in_a_job_s_representation(journal, home):
    job = a_job(home, model=Model(urls=("https://cdn.invalid/a?Signature=s",)))
    journal.add(job)
    assert "Signature" not in repr(journal.get(job.id))


@pytest.mark.parametrize("state", STATES)
def test_only_legal_moves_are_made(journal, home, state):
    for target in STATES:
        job = a_job(home, state=state)
        journal.add(job)
        if target in MOVES[state]:
            assert journal.move(job.id, target, stage="here").state == target
        else:
            with pytest.raises(ValueError, match="no legal move"):
                journal.move(job.id, target, stage="here")
            assert journal.get(job.id).state == state
            assert journal.get(job.id).stage == ""


def test_every_state_can_be_reached_and_money_never_goes_twice_by_itself():
    assert set().union(*MOVES.values()) == set(STATES)
    assert [state for state in STATES if "submitting" in MOVES[state]] == ["prepared", "uncertain"]


def test_jobs_are_listed_newest_first(journal, home):
    ids = [IDS.new() for _ in range(5)]
    for name in (ids[2], ids[0], ids[4], ids[1], ids[3]):
        journal.add(a_job(home, id=name))
    assert [job.id for job in journal.list()] == ids[::-1]
    assert [job.id for job in journal.list(2)] == [ids[4], ids[3]]
    journal.move(ids[1], "cancelled")
    assert [job.id for job in journal.list(states=("cancelled",))] == [ids[1]]


def test_ids_are_short_sort_by_their_making_and_do_not_repeat():
    now = [1.7e9]
    ids = Ids(lambda: now[0])
    made = [ids.new() for _ in range(500)]
    now[0] -= 3600  # a clock that is set back
    made.append(ids.new())
    assert made == sorted(set(made))
    assert {len(name) for name in made} == {14}
    assert Ids(lambda: 1.7e9).new() != Ids(lambda: 1.7e9).new()


def test_a_job_is_found_by_the_start_of_its_id(journal, home):
    for name in ("aaa1", "aaa2", "bbb1"):
        journal.add(a_job(home, id=name))
    assert journal.find("b") == "bbb1"
    assert journal.find("AAA1") == "aaa1"
    with pytest.raises(BadInput, match="Several jobs begin with 'a': aaa2, aaa1"):
        journal.find("a")
    for wrong in ("zzz", "", "%", "_"):
        with pytest.raises(BadInput, match="There is no job .* The latest are: bbb1, aaa2, aaa1"):
            journal.find(wrong)


def test_looking_for_a_job_where_there_is_none(journal):
    with pytest.raises(BadInput, match="There are no jobs yet"):
        journal.find("x")


def test_a_job_of_a_living_process_cannot_be_claimed(journal, home):
    job = a_job(home)
    journal.add(job)
    second = Journal(home)
    with pytest.raises(Busy, match="runs in another process"):
        second.claim(job.id)
    journal.release(job.id)
    assert second.claim(job.id).owner_alive
    with pytest.raises(LeaseLost):
        journal.move(job.id, "cancelled")
    second.close()
    assert not journal.get(job.id).owner_alive


@pytest.mark.kill
def test_a_job_of_a_killed_process_is_free_at_once(journal, home):
    journal.add(a_job(home, id="mine"))
    journal.release("mine")
    other(home, "journal.claim('mine')\nimport os; os._exit(0)")
    assert not journal.get("mine").owner_alive
    assert journal.claim("mine").owner_alive


def test_a_lease_that_ran_out_frees_the_job_and_a_heartbeat_keeps_it(home):
    now = [1000.0]
    first, second = (Journal(home, clock=lambda: now[0]) for _ in range(2))
    job = a_job(home)
    first.add(job)
    now[0] += lease.LEASE - 1
    first.beat()
    now[0] += lease.LEASE - 1
    assert second.get(job.id).owner_alive
    now[0] += 2
    assert not second.get(job.id).owner_alive
    second.claim(job.id)
    with pytest.raises(LeaseLost, match="taken over"):
        first.note(job.id, stage="late")
    first.close()
    second.close()


def test_an_owner_on_another_machine_is_believed_until_its_lease_ends(home, monkeypatch):
    now = [1000.0]
    far, near = (Journal(home, clock=lambda: now[0]) for _ in range(2))
    with monkeypatch.context() as patch:
        patch.setattr(lease, "host_name", lambda: "far/1")
        far.add(a_job(home, id="far"))
    next((home / "owners").glob("*.lock")).unlink()  # what is not seen across machines
    assert near.get("far").owner_alive
    now[0] += lease.LEASE + 1
    assert not near.get("far").owner_alive
    far.close()
    near.close()


def test_a_wish_reaches_the_owner_once_the_job_is_owned(journal, home):
    job = a_job(home)
    journal.add(job)
    second = Journal(home)
    assert second.wishes() == {}
    second.wish(job.id, "cancel")
    assert journal.wishes() == {job.id: "cancel"}
    journal.release(job.id)
    assert second.claim(job.id)
    assert second.wishes() == {}
    second.close()


COUNT = """
import time
gate = Path(sys.argv[2])
while not gate.exists(): time.sleep(0.005)
for _ in range(25):
    with journal._transaction() as connection:
        number = connection.execute("SELECT submits FROM jobs WHERE id='shared'").fetchone()[0]
        connection.execute("UPDATE jobs SET submits=? WHERE id='shared'", (number + 1,))
    from img3d_addon.core.jobs.job import Ids, Job
    journal.add(Job(id=Ids().new(), provider="p", name="n", image=Path("i"), state="prepared", params={}, after={},
                    created=1.0, updated=1.0))
journal.close()
"""


def test_four_processes_at_once_lose_no_update(home, tmp_path):
    gate = tmp_path / "gate"
    first = Journal(home)
    first.add(a_job(home, id="shared"))
    threads = [threading.Thread(target=other, args=(home, COUNT, str(gate))) for _ in range(4)]
    for thread in threads:
        thread.start()
    gate.touch()
    for thread in threads:
        thread.join()
    assert first.get("shared").submits == 100
    assert len(first.list()) == 101
    first.close()


def test_four_processes_may_make_the_journal_at_the_same_moment(home, tmp_path):
    code = "import time\ngate = Path(sys.argv[2])\nwhile not gate.exists(): time.sleep(0.001)\nprint(journal.list())"
    gate = tmp_path / "gate"
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(other(home, code, str(gate)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)  # lets them come to the gate; the outcome does not depend on it
    gate.touch()
    for thread in threads:
        thread.join()
    assert answers == ["[]\n"] * 4


def test_one_of_many_claims_wins(home):
    journal = Journal(home)
    journal.add(a_job(home, id="one"))
    journal.close()
    code = (
        "from img3d_addon.core.errors import Busy\n"
        "try:\n    journal.claim('one'); print('won', flush=True)\nexcept Busy:\n    print('busy', flush=True)\n"
        "sys.stdin.read()"
    )
    head = "import sys\nfrom pathlib import Path\nfrom img3d_addon.core.jobs.journal import Journal\n"
    head += "journal = Journal(Path(sys.argv[1]))\n"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", head + code, str(home)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )
        for _ in range(4)
    ]  # fmt: skip
    answers = sorted(process.stdout.readline().strip() for process in started)
    for process in started:
        process.communicate("")
    assert answers == ["busy", "busy", "busy", "won"]


def test_a_removed_job_is_kept_and_only_not_shown(journal, home):
    shown, gone = a_job(home), a_job(home, path=home / "library" / "made.glb")
    for job in (shown, gone):
        journal.add(job)
    journal.remove(gone.id, files=False)
    assert [job.id for job in journal.list(removed=False)] == [shown.id]
    assert [job.path for job in journal.list()] == [gone.path, None]
    journal.remove(gone.id, files=True)
    assert journal.get(gone.id).path is None


def test_it_is_write_ahead_and_fully_synchronous(journal):
    journal.list()
    ask = journal._connection.execute
    assert ask("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert ask("PRAGMA synchronous").fetchone()[0] == 2
    assert ask("PRAGMA user_version").fetchone()[0] == len(schema.MIGRATIONS)


def test_an_older_schema_is_brought_up_and_keeps_its_jobs(journal, home):
    job = a_job(home)
    journal.add(job)
    journal.close()
    newer = (*schema.MIGRATIONS, ("ALTER TABLE jobs ADD COLUMN colour TEXT DEFAULT 'red'",))
    connection = schema.connect(journal.path, migrations=newer)
    assert connection.execute("SELECT id, colour FROM jobs").fetchone()[:] == (job.id, "red")
    assert connection.execute("PRAGMA user_version").fetchone()[0] == len(newer)
    connection.close()
    with pytest.raises(OutputError, match=r"newer img3d \(schema 3, this one knows 2\).*Update the extension"):
        journal.list()


def test_a_migration_that_fails_changes_nothing(journal, home):
    job = a_job(home)
    journal.add(job)
    journal.close()
    broken = (*schema.MIGRATIONS, ("ALTER TABLE jobs ADD COLUMN colour TEXT", "ALTER TABLE nothing ADD x"))
    with pytest.raises(OutputError):
        schema.connect(journal.path, migrations=broken)
    assert journal.get(job.id).id == job.id


@pytest.mark.parametrize("content", [b"this is no database " * 100, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_damaged_journal_is_said_and_left_as_it_is(journal, home, content):
    home.mkdir()
    journal.path.write_bytes(content)
    with pytest.raises(OutputError, match=r"journal\.sqlite3 (is damaged|cannot be used)"):
        journal.list()
    assert journal.path.read_bytes() == content


def test_a_journal_damaged_in_the_middle_is_said(journal, home):
    for _ in range(200):
        journal.add(a_job(home, message="x" * 200))
    journal.close()
    size = journal.path.stat().st_size
    with journal.path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (size - 4096))
    with pytest.raises(OutputError, match="is damaged"):
        journal.list()


def test_a_journal_cut_to_nothing_is_not_begun_anew_silently(journal, home):
    job = a_job(home)
    journal.add(job)
    journal.close()
    (home / "library" / job.id).mkdir(parents=True)
    journal.path.write_bytes(b"")
    with pytest.raises(OutputError, match="is empty, but the library beside it has jobs"):
        journal.list()


def test_a_full_disk_is_said_and_nothing_is_half_written(journal, home):
    journal.add(a_job(home, id="first"))
    pages = journal._connection.execute("PRAGMA page_count").fetchone()[0]
    journal._connection.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(OutputError, match="disk is full"):
        journal.note("first", message="x" * 100_000)
    assert journal.get("first").message == ""


def test_closing_on_a_full_disk_gives_the_jobs_up_all_the_same(journal, home, monkeypatch):
    journal.add(a_job(home, id="first"))
    journal._connection.execute("PRAGMA query_only=1")  # refuses writes as a disk may
    journal.close()
    assert not journal.get("first").owner_alive


def test_a_home_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("x")
    journal = Journal(tmp_path / "file" / "home")
    with pytest.raises(OutputError, match=r"journal\.sqlite3 cannot be used"):
        journal.list()


@pytest.mark.skipif(sys.platform == "win32", reason="folder permissions of POSIX")
def test_a_read_only_home_is_said(journal, home):
    journal.add(a_job(home, id="first"))
    journal.close()
    code = (
        "import os, sqlite3, fcntl\n"
        "if os.getuid() == 0: os.setuid(65534)\n"  # root may write everywhere
        "from img3d_addon.core.errors import OutputError\n"
        "try:\n    journal.claim('first'); print('claimed')\nexcept OutputError as error:\n    print(error)"
    )
    for path in (journal.path, home):
        path.chmod(0o444 if path.is_file() else 0o555)
    for folder in list(home.parents)[:3]:
        folder.chmod(folder.stat().st_mode | 0o055)
    try:
        answer = other(home, code)
    finally:
        home.chmod(0o755)
    assert "journal.sqlite3" in answer
    assert "claimed" not in answer


def test_a_locked_journal_is_said(journal, home, monkeypatch):
    journal.add(a_job(home, id="first"))
    holder = sqlite3.connect(journal.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    journal._connection.execute("PRAGMA busy_timeout=10")
    with pytest.raises(OutputError, match="held by another process"):
        journal.note("first", message="x")
    holder.close()
    journal.note("first", message="x")
