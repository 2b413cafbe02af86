# SPDX-License-Identifier: GPL-3.0-or-later
"""The only ring with bpy: register and unregister."""
