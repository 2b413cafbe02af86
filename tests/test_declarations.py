# SPDX-License-Identifier: GPL-3.0-or-later
"""What every provider declares, whoever wrote it: names, parameters, account, flags. Nothing is asked."""

import json
import keyword
from urllib.parse import urlsplit

import pytest

from img3d_addon import providers
from img3d_addon.core.errors import BadInput
from img3d_addon.core.params import Choice, Secret, Text, check_all
from img3d_addon.core.provider import Provider

PROVIDERS = providers.load()
HOSTED = {name: provider for name, provider in PROVIDERS.items() if provider.base_url}
RNA_OWNS = {"name", "rna_type", "bl_rna", "id_data", "bl_idname", "bl_label"}
FLAGGED = {"cancellable": "cancel", "has_balance": "balance", "has_upload": "upload"}

every = pytest.mark.parametrize("provider", PROVIDERS.values(), ids=list(PROVIDERS))
every_hosted = pytest.mark.parametrize("provider", HOSTED.values(), ids=list(HOSTED))
every_condition = pytest.mark.parametrize(
    ("provider", "param"),
    [
        pytest.param(provider, param, id=f"{name}: {param.name}")
        for name, provider in PROVIDERS.items()
        for param in provider.params
        if param.when
    ],
)


def own(provider, method):
    return getattr(type(provider), method) is not getattr(Provider, method)


@every
def test_it_says_who_it_is(provider):
    kind = type(provider)
    assert kind.__module__.split(".")[-1] == provider.name or provider.name in kind.__module__.split(".")
    assert provider.name.isidentifier()
    assert provider.name.islower()
    assert len(f"IMG3D_PG_{provider.name}") <= 64, "Blender refuses longer class names"
    assert provider.label
    assert provider.summary
    assert set(provider.image.formats) <= {"png", "jpeg", "webp"}
    assert provider.image.min_aspect <= 1 <= (provider.image.max_aspect or 1), "a square is always a picture"


@every_hosted
def test_a_hosted_one_says_where_it_is(provider):
    with_key = any(isinstance(item, Secret) for item in provider.account)
    pages = (provider.docs, provider.key_page) if with_key else (provider.docs,)
    assert [page for page in pages if urlsplit(page).scheme != "https"] == []
    base = urlsplit(provider.base_url)
    assert base.scheme == "https" or (base.scheme, base.hostname, with_key) == ("http", "127.0.0.1", False)
    assert not provider.base_url.endswith("/")
    assert provider.vendor.isupper()
    assert provider.vendor.isidentifier()
    assert own(provider, "check_key"), "a key, or whether anybody answers, must be testable"
    assert provider.repeatable is not with_key, "what costs money is not repeatable"
    assert bool(provider.key_page) is with_key


@every_hosted
def test_its_other_hosts_are_origins(provider):
    for host in provider.other_hosts:
        parts = urlsplit(host)
        assert (parts.scheme, parts.path, parts.query) == ("https", "", "")
        assert parts.hostname != urlsplit(provider.base_url).hostname


@every
def test_its_account_can_be_found_in_the_environment(provider):
    names = [item.name for item in provider.account]
    variables = [item.env for item in provider.account]
    assert len(set(names)) == len(names)
    assert len(set(variables)) == len(variables)
    for item in provider.account:
        assert isinstance(item, Secret | Text | Choice)
        assert item.name.isidentifier()
        assert item.env.isidentifier()
        assert item.env.isupper()
        assert item.title
        assert not item.when, "an account has all of its items"
        assert isinstance(item, Secret) or item.check(item.default) == item.default
        assert not isinstance(item, Secret) or not item.advanced, "people must find where the key goes"


@every
def test_its_parameters_can_be_shown_and_named(provider):
    names = [param.name for param in provider.params]
    assert len(set(names)) == len(names)
    for param in provider.params:
        assert param.name.isidentifier()
        assert not keyword.iskeyword(param.name)
        assert param.name not in RNA_OWNS
        assert param.help
        assert param.range_text()
        assert not param.env, "only account settings come from the environment"
        assert param.check(param.default) == param.default
        assert type(param.check(param.default)) is type(param.default)
        assert param.parse(str(param.default)) == param.default, "as -o and as a saved preset"
        if isinstance(param, Choice):
            assert set(param.labels or {}) <= set(param.choices)
    assert any(not param.advanced for param in provider.params)
    values = check_all(provider.params, {})
    provider.check(values)
    assert json.loads(json.dumps(values)) == values


@every_condition
def test_a_condition_names_parameters_and_values_that_there_are(provider, param):
    before = {other.name: other for other in provider.params[: provider.params.index(param)]}
    assert set(param.when) <= set(before), "declared before it"
    for name, values in param.when.items():
        assert values
        assert [before[name].check(value) for value in values] == list(values)


@every_condition
def test_a_parameter_is_left_out_and_refused_where_its_condition_is_not_met(provider, param):
    met = _meeting(provider, param)
    assert param.name in check_all(provider.params, met)
    assert check_all(provider.params, {**met, param.name: param.default})[param.name] == param.default
    unmet = _breaking(provider, param)
    assert unmet is not None, "the condition is always met"
    assert param.name not in check_all(provider.params, unmet)
    with pytest.raises(BadInput, match=param.name):
        check_all(provider.params, {**unmet, param.name: param.default})


def _meeting(provider, param):
    """Return what must be given for `param` to be there, with what its own conditions need in turn."""
    declared = {other.name: other for other in provider.params}
    given = {}
    for name, values in param.when.items():
        given |= _meeting(provider, declared[name])
        given[name] = values[0]
    return given


def _breaking(provider, param):
    """Return what must be given for one of its conditions not to be met."""
    declared = {other.name: other for other in provider.params}
    for name, values in param.when.items():
        other = declared[name]
        some = (*getattr(other, "choices", ()), True, False, getattr(other, "min", None), getattr(other, "max", None))
        for value in some:
            try:
                if other.check(value) not in values:
                    return {**_meeting(provider, other), name: value}
            except BadInput:
                continue
    return None


@every
def test_its_flags_and_its_methods_agree(provider):
    assert own(provider, "submit")
    assert own(provider, "poll") is not provider.sync
    for flag, method in FLAGGED.items():
        assert own(provider, method) is getattr(provider, flag), (flag, method)
    assert provider.has_upload or not own(provider, "poll_upload")
    flat = provider.estimate(None, check_all(provider.params, {}))
    assert own(provider, "estimate") or not (provider.has_estimate or flat)
    assert set(provider.formats) <= {"glb", "gltf", "obj", "stl", "ply", "fbx", "usdz", "zip"}
    assert provider.formats
    assert provider.facing in ("-Y", "+Y", "+X", "-X")
    assert min(provider.poll_every, provider.deadline, provider.read_timeout) > 0
    assert provider.deadline >= provider.read_timeout
    assert provider.result_ttl >= 0
    assert not (provider.sync and provider.cancellable), "there is no task to cancel"


@every
def test_quads_are_announced_where_they_can_be_chosen(provider):
    words = [param.name for param in provider.params]
    words += [str(choice) for param in provider.params for choice in getattr(param, "choices", ())]
    assert any("quad" in word.lower() for word in words) is provider.server_quads
    declared = {param.name: param for param in provider.params}
    assert bool(provider.quads) is provider.server_quads
    for name, value in provider.quads.items():
        assert declared[name].check(value) == value
