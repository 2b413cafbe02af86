# SPDX-License-Identifier: GPL-3.0-or-later
"""The Khronos glTF validator, run on a file."""

import json
import os
import subprocess
from pathlib import Path

import pytest

MISSING = "no Khronos validator: set IMG3D_GLTF_VALIDATOR"
SCRIPT = """
const validator = require(process.argv[1]);
const bytes = new Uint8Array(require("fs").readFileSync(process.argv[2]));
validator.validateBytes(bytes, {maxIssues: 100}).then(
  report => console.log(JSON.stringify(report)),
  error => { console.error(error); process.exit(1); });
"""


def validate(path):
    """Return the validator's report on `path`; `issues` has numErrors, numWarnings and messages.

    IMG3D_GLTF_VALIDATOR names the folder that holds node_modules, IMG3D_NODE the program. Skips without them, but
    fails on the build machine.
    """
    folder = os.environ.get("IMG3D_GLTF_VALIDATOR", "")
    if not folder:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(f"{MISSING}, which the build machine must have")
        pytest.skip(MISSING)
    module = Path(folder).resolve() / "node_modules" / "gltf-validator"
    command = [os.environ.get("IMG3D_NODE") or "node", "-e", SCRIPT, str(module), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
