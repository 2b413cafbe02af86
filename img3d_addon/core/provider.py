# SPDX-License-Identifier: GPL-3.0-or-later
"""What a provider is: declarations, `submit`, `poll`, and a few optional calls. No bpy."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, ClassVar

from .errors import ProviderError
from .http.answer import Answer
from .http.api import Api
from .http.refusals import refusal
from .params import Choice, Param, Secret, Text, Value
from .values import Balance, ImageLimits, Model, Picture, Price, Running, Task

__all__ = ["Provider", "Submitted"]

Submitted = Task | Model
"""What a submit ends with: a task to poll, or the model at once."""


class Provider:
    """One hosted service (or local generator) and its protocol.

    A provider asks and reads, once per call: no loop, no sleep, no retry, no key handling. The core does these.
    It raises `ProviderError` or a child and nothing else; a missing field in an answer needs no check,
    the core says "was not understood".
    """

    name: ClassVar[str]
    label: ClassVar[str]
    summary: ClassVar[str] = ""
    docs: ClassVar[str] = ""
    key_page: ClassVar[str] = ""
    vendor: ClassVar[str] = ""  # the word in IMG3D_<VENDOR>_URL
    base_url: ClassVar[str] = ""  # empty: makes no request at all
    other_hosts: ClassVar[tuple[str, ...]] = ()  # origins that get the headers, too; an own base URL stands for them
    account: ClassVar[tuple[Secret | Text | Choice, ...]] = ()
    params: ClassVar[tuple[Param, ...]] = ()
    image: ClassVar[ImageLimits] = ImageLimits()

    sync: ClassVar[bool] = False  # the submit itself answers with the model
    repeatable: ClassVar[bool] = False  # submitting again costs nothing, so that an interrupted one is no worry
    has_upload: ClassVar[bool] = False
    cancellable: ClassVar[bool] = False
    reports_percent: ClassVar[bool] = False
    has_estimate: ClassVar[bool] = False
    has_balance: ClassVar[bool] = False
    unit: ClassVar[str] = "USD"  # what it counts costs and balances in
    server_quads: ClassVar[bool] = False
    quads: ClassVar[Mapping[str, Value]] = {}  # each parameter that makes them, with the value that does
    result_ttl: ClassVar[float] = 0.0  # seconds that the service keeps a result; 0: not known
    quick: ClassVar[bool] = False  # made for seconds rather than minutes, by the service's own words
    largest_texture: ClassVar[int] = 0  # pixels of a side; 0: none, or not documented
    formats: ClassVar[tuple[str, ...]] = ("glb",)
    facing: ClassVar[str] = "-Y"  # where the front looks after Blender's import

    poll_every: ClassVar[float] = 5.0
    deadline: ClassVar[float] = 1200.0  # seconds from submit to model
    read_timeout: ClassVar[float] = 60.0  # seconds without a byte

    def headers(self, account: Mapping[str, str]) -> Mapping[str, str]:
        """Return the headers that every request to the service carries; `account` has the declared names."""
        del account
        return {}

    def check(self, params: Mapping[str, Any]) -> None:
        """Raise `BadInput` for values that do not go together; nothing is sent yet."""
        del params

    def upload(self, api: Api, picture: Picture) -> str | Task:
        """Bring the picture to the service, free of charge and repeatable; `submit` finds the text as `picture.remote`.

        A `Task` means that the service has to take it in first: `poll_upload` is asked then.
        """
        raise NotImplementedError

    def poll_upload(self, api: Api, task: Task) -> Running | str:
        """Ask once whether the picture is taken in; return what `upload` would have."""
        raise NotImplementedError

    def submit(
        self, api: Api, picture: Picture, params: Mapping[str, Any]
    ) -> Submitted | Generator[Running, None, Submitted]:
        """Ask for a model, once; the core never repeats this.

        A submit with something to report on the way may be a generator that yields `Running` and returns the same.
        """
        raise NotImplementedError

    def poll(self, api: Api, task: Task) -> Running | Model | Task:
        """Ask once how the task is; a new `Task` means its next stage. An unknown status word is `Running`."""
        raise NotImplementedError

    def cancel(self, api: Api, task: Task) -> str:
        """Ask the service to stop; return one sentence on what that means for the bill."""
        raise NotImplementedError

    def estimate(self, api: Api | None, params: Mapping[str, Any], picture: Picture | None = None) -> Price | None:
        """Return the price of one job; without `api` only what is known without asking, else None.

        `picture` is there, uploaded where there is an upload, when the user named one; `BadInput` when it is needed.
        """
        del api, params, picture
        return None

    def faces(self, params: Mapping[str, Any]) -> int | None:
        """Return how many triangles to expect, quads counted as two; None where the parameters do not say it."""
        del params
        return None

    def balance(self, api: Api) -> Balance:
        """Ask what is left on the account."""
        raise NotImplementedError

    def check_key(self, api: Api) -> str:
        """Test the key by a call that costs nothing; return one sentence on whose it is."""
        raise NotImplementedError

    def explain(self, answer: Answer) -> ProviderError:
        """Turn an answer that is no success into an error; override where the service has its own words."""
        return refusal(answer, provider=self.label)
