# SPDX-License-Identifier: GPL-3.0-or-later
"""The background Blender that imports and rebuilds meshes, so that the window's Blender never waits for it."""
