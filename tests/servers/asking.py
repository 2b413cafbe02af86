# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests need to ask a loopback service with the real client."""

import hashlib
from contextlib import closing, contextmanager

from img3d_addon.core.http.api import Api
from img3d_addon.core.params import Secret
from img3d_addon.core.provider import Provider
from img3d_addon.core.settings import Settings
from img3d_addon.core.values import Picture

KEY = "sk-TEST-0123456789"


class Plain(Provider):
    """A provider of no vendor."""

    name = "plain"
    label = "Plain Service"
    vendor = "PLAIN"
    base_url = "https://plain.invalid/api"
    key_page = "https://plain.invalid/keys"
    account = (Secret("key", env="PLAIN_API_KEY"),)

    def headers(self, account):
        return {"Authorization": f"Bearer {account['key']}"}


def settings(home, **given):
    """Return settings for a test, online, with nothing of the environment."""
    return Settings(**{"home": home, "online": True, "environ": {}, "connect_timeout": 5.0, **given})


@contextmanager
def asking(url, folder, *, provider=None, key=KEY, **given):
    """Yield a client of `provider` whose base URL is `url`."""
    provider = provider or Plain()
    chosen = settings(folder, base_urls={provider.vendor: url}, **given)
    with closing(Api(provider, chosen, account={"key": key}, folder=folder / "job")) as api:
        yield api


def picture(folder, *, size=(640, 640), kind="png", noisy=False):
    """Return a prepared picture, drawn for the test."""
    from PIL import Image

    image = Image.effect_noise(size, 60).convert("RGB") if noisy else Image.linear_gradient("L").resize(size)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"input.{'jpg' if kind == 'jpeg' else kind}"
    image.save(path, kind)
    data = path.read_bytes()
    return Picture(
        path=path,
        name="input",
        mime=f"image/{kind}",
        width=size[0],
        height=size[1],
        has_alpha=False,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
    )
