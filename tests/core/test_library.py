# SPDX-License-Identifier: GPL-3.0-or-later
"""The library: the folder of a job; its files are whole or not there."""

import hashlib
import json

import pytest

from img3d_addon.core.errors import BadResult, OutputError
from img3d_addon.core.files.delivery import open_delivery, stray_answer
from img3d_addon.core.jobs.library import Library, sha256_of, write_json

from ..servers.glb import archive
from .glb import triangle


def test_json_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "request.json"
    write_json(path, {"a": 1})
    with pytest.raises(ValueError, match="Circular"):
        circle = {}
        circle["self"] = circle
        write_json(path, circle)
    assert json.loads(path.read_text()) == {"a": 1}


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "library").write_text("a file")
    with pytest.raises(OutputError, match="cannot be written"):
        Library(tmp_path).make_folder("job")


def test_a_digest_is_that_of_the_content(tmp_path):
    (tmp_path / "a").write_bytes(b"abc" * 1000)
    assert sha256_of(tmp_path / "a") == hashlib.sha256(b"abc" * 1000).hexdigest()
    with pytest.raises(OutputError, match="cannot be read"):
        sha256_of(tmp_path / "missing")


def test_a_model_without_a_suffix_gets_one_and_stays_where_it_was(tmp_path):
    answer = tmp_path / "answer-1"
    answer.write_bytes(triangle())
    for _ in range(2):
        assert open_delivery(answer, label="Vendor") == (tmp_path / "model.glb", "glb")
    assert answer.read_bytes() == (tmp_path / "model.glb").read_bytes() == triangle()


def test_an_archive_is_unpacked_anew_each_time(tmp_path):
    packed = tmp_path / "model.zip"
    packed.write_bytes(archive())
    for _ in range(2):
        path, kind = open_delivery(packed, label="Vendor")
        assert kind == "obj"
        assert path.is_relative_to(tmp_path / "unpacked")
    assert packed.is_file()


def test_only_a_whole_model_counts_as_a_stray_answer(tmp_path):
    assert stray_answer(tmp_path) is None
    (tmp_path / "answer-1").write_bytes(triangle()[:-4])
    (tmp_path / "answer-2.part").write_bytes(triangle())
    (tmp_path / "answer-3").write_text('{"error": "no"}')
    assert stray_answer(tmp_path) is None
    (tmp_path / "answer-4").write_bytes(triangle())
    assert stray_answer(tmp_path) == tmp_path / "answer-4"


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(OutputError, match="cannot be used"):
        open_delivery(tmp_path / "missing", label="Vendor")
    (tmp_path / "empty.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    with pytest.raises(BadResult):
        open_delivery(tmp_path / "empty.zip", label="Vendor")
