# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests need to ask a loopback service with the real client."""

import base64
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


def account_of(provider, *, key=KEY, **given):
    """Return a value for each declared account item: `key`, `key-2` and so on for secrets, else the default."""
    secrets = [item.name for item in provider.account if isinstance(item, Secret)]
    values = {name: key if place == 1 else f"{key}-{place}" for place, name in enumerate(secrets, 1)}
    return {item.name: given.get(item.name, values.get(item.name, item.default)) for item in provider.account}


def keys_of(provider, *, key=KEY):
    """Return the same secrets by environment variable, as the preferences hold them."""
    values = account_of(provider, key=key)
    return {item.env: values[item.name] for item in provider.account if isinstance(item, Secret)}


def leaks_of(provider, *, key=KEY):
    """Return what must never be seen in a log, an error or the journal: secrets, and pairs of them as HTTP Basic."""
    secrets = list(keys_of(provider, key=key).values())
    pairs = [f"{user}:{password}" for user in ("", *secrets) for password in ("", *secrets)]
    return [*secrets, *(base64.b64encode(pair.encode()).decode() for pair in pairs if secrets and pair != ":")]


@contextmanager
def asking(url, folder, *, provider=None, key=KEY, account=None, **given):
    """Yield a client of `provider` whose base URL is `url`; `account` replaces single values of `account_of`."""
    provider = provider or Plain()
    chosen = settings(folder, base_urls={provider.vendor: url}, **given)
    values = account_of(provider, key=key, **(account or {}))
    with closing(Api(provider, chosen, account=values, folder=folder / "job")) as api:
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
