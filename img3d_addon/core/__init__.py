# SPDX-License-Identifier: GPL-3.0-or-later
"""What every front and every provider shares: jobs, errors, parameters, pictures, files. No bpy."""
