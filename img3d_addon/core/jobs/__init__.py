# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs from an order to a file in the library: run, journal, lease, workers, engine. No bpy."""
