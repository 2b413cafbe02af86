# SPDX-License-Identifier: GPL-3.0-or-later
"""The strict servers with a fault at a chosen step: something happens before the answer, or the answer is odd."""

import re
import threading
from dataclasses import dataclass

from ..servers.base import _Handler
from ..servers.scenario import GENERATE, ScenarioServer
from ..servers.stability import SPAR3D, StabilityServer

STEPS = {
    "stability_spar3d": (("submit", "POST", SPAR3D), ("balance", "GET", "/v1/user/balance")),
    "scenario_pixal3d": (
        ("upload", "POST", "/v1/assets"),
        ("estimate", "POST", f"{GENERATE}?dryRun=.*"),
        ("submit", "POST", GENERATE),
        ("poll", "GET", "/v1/jobs/.*"),
        ("files", "POST", "/v1/assets/get-bulk"),
        ("result", "GET", "/cdn/.*"),
        ("balance", "GET", "/v1/teams.*"),
    ),
}


@dataclass
class Raw:
    """An answer as bytes, in pieces; the connection ends after them. An endless one ends with its reader."""

    pieces: object
    hold: bool = False
    headers: object = None


class Faulty:
    """`faults[step]` is called with the `Reply` as it would be; what it returns, if anything, is sent instead.

    The order is taken and counted by then. `reached[step]` counts, `lasting` faults meet every request of the step.
    """

    steps = ()

    def __init__(self, **options):
        super().__init__(**options)
        self._server.RequestHandlerClass = type("Handler", (_RawHandler,), {"vendor": self})
        self.faults = {}
        self.lasting = False
        self.reached = dict.fromkeys((name for name, *_ in self.steps), 0)
        self._fault_lock = threading.Lock()

    @property
    def submits(self):
        """How many orders were taken."""
        return self.reached["submit"]

    def reply(self, request):
        reply = super().reply(request)
        step = self._step(request)
        with self._fault_lock:
            if step:
                self.reached[step] += 1
            fault = self.faults.get(step) if self.lasting else self.faults.pop(step, None)
        return (fault(reply) or reply) if fault else reply

    def _step(self, request):
        for name, method, pattern in self.steps:
            if request.method == method and (re.fullmatch(pattern, request.target) or request.path == pattern):
                return name
        return None


class _RawHandler(_Handler):
    def answer(self, reply):
        if not isinstance(reply, Raw):
            return super().answer(reply)
        for piece in reply.pieces:
            if self.vendor.stopping.is_set():
                break
            self.wfile.write(piece)
            self.wfile.flush()
        self.close_connection = True
        return None


class FaultySpar3d(Faulty, StabilityServer):
    """SPAR3D: the answer to the order is the model."""

    steps = STEPS["stability_spar3d"]


class FaultyScenario(Faulty, ScenarioServer):
    """Scenario: upload, order, polls, the list of files, the file."""

    steps = STEPS["scenario_pixal3d"]


SERVERS = {"stability_spar3d": FaultySpar3d, "scenario_pixal3d": FaultyScenario}
