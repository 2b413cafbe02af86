# SPDX-License-Identifier: GPL-3.0-or-later
"""img3d: one picture becomes one 3D object, through a hosted service or offline."""
