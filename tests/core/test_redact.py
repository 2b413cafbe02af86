# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing secret stays in what goes to a log."""

import pytest

from img3d_addon.core.http import redact


@pytest.mark.parametrize(
    "text",
    [
        "https://cdn.invalid/a.glb?X-Amz-Signature=geheim&b=1",
        "see https://name:geheim@cdn.invalid/a",
        '{"key": "geheim", "x": 1}',
        '{"api_key":"geheim"}',
        '{"Authorization": "Bearer geheim"}',
        "Authorization: Basic geheim",
        "Authorization: Key geheim:more",
    ],
)
def test_secrets_are_masked_in_texts(text):
    assert "geheim" not in redact.text(text)


def test_given_secrets_are_masked_wherever_they_stand():
    assert redact.text("a sk-abc123 b", ["sk-abc123"]) == "a *** b"
    assert redact.text("a b", ["a"]) == "a b", "too short to be a key"


def test_pictures_are_counted_not_shown():
    assert redact.text("A" * 4000) == "<4000 characters>"
    assert redact.url("data:image/png;base64,AAAA") == "data:image/png;base64,…"


def test_addresses_keep_what_helps():
    assert redact.url("https://a.invalid:8443/path/x.glb?q=1#f") == "https://a.invalid:8443/path/x.glb?…"
    assert redact.url("/path?q=1") == "/path?…"
    assert redact.url("http://[bad") == "<no address>"


@pytest.mark.parametrize(
    "written",
    [
        "".join(f"\\u{ord(letter):04x}" for letter in "sk-a/Kk12"),
        "".join(f"\\u{ord(letter):04X}" for letter in "sk-a/Kk12"),
        r"sk-a\/Kk12",
        r"\u0073k-a/Kk12",
    ],
)
def test_a_key_is_masked_behind_json_escapes(written):
    assert redact.secrets_out(f'{{"a": "{written} x"}}', ["sk-a/Kk12"]) == '{"a": "*** x"}'
    assert redact.secrets_out(rf"\u {written.swapcase()}", ["other-key"]) == rf"\u {written.swapcase()}"


def test_a_file_address_is_told_from_a_path():
    assert redact.url("file:///etc/passwd") == "file:/etc/passwd"
