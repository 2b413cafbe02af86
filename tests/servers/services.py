# SPDX-License-Identifier: GPL-3.0-or-later
"""The strict server of each hosted provider, where it takes orders, and whether its answers hold links to files."""

from dataclasses import dataclass, field

from .aiml import GENERATE as AIML, AimlServer
from .fal import FalServer
from .hunyuan import HunyuanServer
from .modelslab import SUBMIT as MODELSLAB, ModelsLabServer
from .scenario import GENERATE as SCENARIO, ScenarioServer
from .stability import SF3D, SPAR3D, StabilityServer
from .vtrix import CREATE as VTRIX, VtrixServer


@dataclass(frozen=True)
class Service:
    """`links`: how the paths of result files begin, as a pattern; empty where the answer is the file itself."""

    server: type
    order: str
    links: str = ""
    params: dict = field(default_factory=dict)

    def orders(self, server):
        """Return the requests that cost money."""
        return server.seen("POST", self.order)


SERVICES = {
    "stability_spar3d": Service(StabilityServer, SPAR3D),
    "stability_sf3d": Service(StabilityServer, SF3D),
    "hunyuan3d_local": Service(HunyuanServer, "/generate"),
    "scenario_pixal3d": Service(ScenarioServer, SCENARIO, "/cdn/"),
    "vtrix_spark3d": Service(VtrixServer, VTRIX, "/cdn/"),
    "modelslab_image_to_3d": Service(ModelsLabServer, MODELSLAB, "/files/[0-9]"),
    "aiml_triposr": Service(AimlServer, AIML, "/flamingo/"),
    "fal": Service(FalServer, "/fal-ai/triposr", "/files/", {"model": "fal-ai/triposr"}),
}
