# SPDX-License-Identifier: GPL-3.0-or-later
"""Words of a service that are not known: logged once, kept to be shown."""

from img3d_addon.core.unheard import unheard


def test_an_unknown_word_is_logged_once_and_can_be_shown(caplog):
    for _ in range(3):
        assert unheard("Vendor", "warming_up\nagain") == "warming up again"
    assert [record.getMessage() for record in caplog.records] == [
        "Vendor: the unknown status 'warming_up again' is taken for running"
    ]
