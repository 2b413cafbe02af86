# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures on their way out, models on their way in: kinds, archives, checks. No bpy."""
