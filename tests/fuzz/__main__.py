# SPDX-License-Identifier: GPL-3.0-or-later
"""Fuzz one reader, or all in turn, for a time; a file that breaks one is made small and kept in tests/fuzz/cases."""

import argparse
import hashlib
import random
import sys
import time
import traceback

from hypothesis import HealthCheck, given, seed, settings

from .readers import READERS
from .trying import CASES, tried


def main(words):
    """Return 1 when something was found."""
    parser = argparse.ArgumentParser(prog="build.py fuzz", description=__doc__)
    parser.add_argument("--target", choices=[*READERS, "all"], default="all")
    parser.add_argument("--seconds", type=float, default=60.0, help="for each reader (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=None, help="of the first round")
    args = parser.parse_args(words)
    first = random.randrange(1 << 30) if args.seed is None else args.seed
    found = [fuzz(name, args.seconds, first) for name in ([*READERS] if args.target == "all" else [args.target])]
    return 1 if any(found) else 0


def fuzz(name, seconds, first):
    """Run rounds of one reader until the time is over or something is found; tell whether it was."""
    end, count, number = time.monotonic() + seconds, 0, first
    last = b""

    while time.monotonic() < end:

        @seed(number)
        @settings(
            max_examples=400,
            database=None,
            deadline=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        )
        @given(READERS[name].files)
        def reads(data):
            nonlocal last, count
            last, count = data, count + 1
            tried(name, data)

        try:
            reads()
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            path = CASES / f"{name}-{hashlib.sha256(last).hexdigest()[:8]}.{READERS[name].suffix}"
            path.write_bytes(last)
            print(f"{name}: FOUND after {count} files, kept as {path.name}", flush=True)  # noqa: T201
            traceback.print_exc()
            return True
        number += 1
    print(f"{name}: {count} files from seed {first} on, nothing found", flush=True)  # noqa: T201
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
