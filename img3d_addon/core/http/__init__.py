# SPDX-License-Identifier: GPL-3.0-or-later
"""The client handed to providers: requests, answers, keys, downloads. No bpy."""
