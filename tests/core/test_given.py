# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that parameters name: the job keeps copies, works with them, and asks for the user's file only without one."""

import pytest
from PIL import Image

from img3d_addon.core.errors import BadInput
from img3d_addon.core.jobs.engine import Engine
from img3d_addon.core.params import Choice, File

from .fakes import LIMIT, Local, an_order, settings


class Masked(Local):
    """A generator that takes a mask."""

    params = (Choice("by", "none", choices=("none", "mask")), File("mask", "", when={"by": ("mask",)}))


@pytest.fixture
def provider():
    return Masked()


@pytest.fixture
def mask(tmp_path):
    Image.new("1", (64, 64), 1).save(tmp_path / "my mask.png")
    return tmp_path / "my mask.png"


@pytest.fixture
def make(home, provider):
    """Return a function that makes engines on this test's home; they are closed at the end."""
    made = []

    def make():
        made.append(Engine(settings(home, online=False), {provider.name: provider}))
        return made[-1]

    yield make
    for engine in made:
        engine.close()


def test_the_provider_gets_the_copy_and_the_job_names_the_file_of_the_user(make, provider, mask, tmp_path, home):
    engine = make()
    job_id = engine.submit(an_order(tmp_path, "local", params={"by": "mask", "mask": str(mask)}))
    assert engine.wait_idle(LIMIT)
    copy = home / "library" / job_id / "given-mask.png"
    assert [params["mask"] for _picture, params in provider.submits] == [str(copy)]
    assert engine.job(job_id).params["mask"] == str(mask)


def interrupted(make, provider, tmp_path, mask):
    """Return the id of a job whose engine ended in its submit."""
    engine = make()
    provider.let_submit.clear()
    job_id = engine.submit(an_order(tmp_path, "local", params={"by": "mask", "mask": str(mask)}))
    assert provider.in_submit.wait(LIMIT)
    engine.close()
    provider.let_submit.set()
    return job_id


def test_a_job_is_resumed_without_the_file_of_the_user(make, provider, mask, tmp_path):
    job_id = interrupted(make, provider, tmp_path, mask)
    mask.unlink()
    assert [event.kind for event in make().drive(job_id)][-1] == "downloaded"


def test_a_lost_copy_is_made_again(make, provider, mask, tmp_path, home):
    job_id = interrupted(make, provider, tmp_path, mask)
    copy = home / "library" / job_id / "given-mask.png"
    copy.unlink()
    assert [event.kind for event in make().drive(job_id)][-1] == "downloaded"
    assert copy.is_file()


def test_where_copy_and_file_are_lost_it_is_said(make, provider, mask, tmp_path, home):
    job_id = interrupted(make, provider, tmp_path, mask)
    (home / "library" / job_id / "given-mask.png").unlink()
    mask.unlink()
    with pytest.raises(BadInput, match="There is no picture .*my mask.png"):
        list(make().drive(job_id))


def test_a_file_that_is_no_picture_is_told_before_the_submit(make, provider, mask, tmp_path, home):
    mask.write_text("no picture")
    with pytest.raises(BadInput, match="my mask.png is no picture"):
        list(make().drive(an_order(tmp_path, "local", params={"by": "mask", "mask": str(mask)})))
    assert provider.submits == []
    assert list((home / "library").iterdir()) == []
