# SPDX-License-Identifier: GPL-3.0-or-later
"""A second process for heavy work, which can be killed, crash or hang without harm to this one. No bpy."""
