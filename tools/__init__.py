# SPDX-License-Identifier: GPL-3.0-or-later
"""What the commands of `build.py` are made of; standard library only."""
