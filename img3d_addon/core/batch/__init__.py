# SPDX-License-Identifier: GPL-3.0-or-later
"""Many pictures at once: rows, what is done already, money, summary. A row is a job plus its file. No bpy."""
