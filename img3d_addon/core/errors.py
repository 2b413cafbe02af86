# SPDX-License-Identifier: GPL-3.0-or-later
"""The errors that a user may read. No bpy.

    Img3dError                the text is meant for the user
      BadInput                picture, parameter or argument, before anything is sent
        Busy                  the job is at work, here or in another process
      KeyMissing              says where to put the key and which variable to set
      Offline                 says how online access is turned on
      OverBudget              the spending limit would be passed
      PackageMissing          a Python package that should have come with the add-on or with Blender
      OutputError             a file or the journal cannot be written or read
      ImportFailed            Blender could not make an object of the file
      ProviderError           the service refused, failed, or was not understood
        AuthError PlanError CreditsError ModerationError RequestRefused TooLarge
        RateLimited NotFound ServerError TaskFailed NetworkError BadResult
      TimedOut                the time limit of the job is over
      Uncertain               a submit without an answer: it may have been charged
      Cancelled               by the user
      Stopped                 by the end of Blender; the job can be resumed
      LeaseLost               another process has taken the job over

`kind` is the word that scripts see (`{"event": "failed", "kind": ...}`), `advice` the next step.
"""

from __future__ import annotations

__all__ = [
    "AuthError",
    "BadInput",
    "BadResult",
    "Busy",
    "Cancelled",
    "CreditsError",
    "Img3dError",
    "ImportFailed",
    "KeyMissing",
    "LeaseLost",
    "ModerationError",
    "NetworkError",
    "NotFound",
    "Offline",
    "OutputError",
    "OverBudget",
    "PackageMissing",
    "PlanError",
    "ProviderError",
    "RateLimited",
    "RequestRefused",
    "ServerError",
    "Stopped",
    "TaskFailed",
    "TimedOut",
    "TooLarge",
    "Uncertain",
]


class Img3dError(Exception):
    """Base of all; `str()` is what happened, to what, and what to do next."""

    kind = "error"
    exit_status = 1
    advice = ""

    def __init__(self, message: str, *, advice: str | None = None) -> None:
        super().__init__(message)
        self.message = message.strip()
        if advice is not None:
            self.advice = advice

    def __str__(self) -> str:
        text = self.message if self.message.endswith((".", "!", "?", '"')) else f"{self.message}."
        return f"{text} {self.advice}".strip()


class BadInput(Img3dError):
    """A picture, parameter or argument that cannot be used; nothing was sent."""

    kind = "bad_input"
    exit_status = 2


class Busy(BadInput):
    """The job is at work, here or in another living process."""

    kind = "busy"


class KeyMissing(Img3dError):
    """No key for the chosen provider."""

    kind = "key_missing"
    exit_status = 3


class Offline(Img3dError):
    """Online access is off, so that no request was made."""

    kind = "offline"
    exit_status = 4


class OverBudget(Img3dError):
    """The spending limit would be passed; nothing was sent."""

    kind = "budget"
    exit_status = 5


class PackageMissing(Img3dError):
    """A Python package is not there; nothing was sent."""

    kind = "package"
    advice = (
        "Install the zip of the add-on that is made for this system, in an official Blender 4.2, 4.5 or 5.2; "
        "or install the package into this Blender's Python."
    )


class OutputError(Img3dError):
    """A file, folder or journal cannot be written or read."""

    kind = "output"
    advice = (
        "Check the path, its permissions and the free disk space; a finished job can be taken from the library again."
    )


class ImportFailed(Img3dError):
    """Blender could not make an object of the delivered file."""

    kind = "import"
    advice = "The file is kept in the library; look at the job to find it."


class ProviderError(Img3dError):
    """The service refused, failed, or was not understood.

    `provider` is its label, `task_id` the service's own id, `status` the HTTP status, where known.
    `retry` tells that the same question may be asked again (never a submit). `said` are the service's own words,
    empty when something else answered (a proxy's web page) or nothing did.
    """

    kind = "provider"
    retry = False
    advice = "Try again later, or choose another provider."

    def __init__(
        self,
        message: str,
        *,
        provider: str = "",
        task_id: str = "",
        status: int | None = None,
        advice: str | None = None,
    ) -> None:
        super().__init__(message, advice=advice)
        self.provider = provider
        self.task_id = task_id
        self.status = status
        self.said = ""


class AuthError(ProviderError):
    """The key is wrong, expired or revoked."""

    kind = "auth"
    advice = "Check the key in the add-on's preferences or in the environment variable."


class PlanError(ProviderError):
    """The key is good but its plan does not allow this call."""

    kind = "plan"
    advice = "Look at the plan of your account on the service's web page, or choose another provider."


class CreditsError(ProviderError):
    """The account has not enough credits."""

    kind = "credits"
    advice = "Buy credits on the service's web page, or choose another provider; nothing was charged."


class ModerationError(ProviderError):
    """The service refused the picture for its content."""

    kind = "moderation"
    advice = "Choose another picture; this one was not charged."


class RequestRefused(ProviderError):
    """The service did not accept a parameter or the picture."""

    kind = "bad_request"
    advice = "Change what the service names and submit again; refused requests are not charged."


class TooLarge(ProviderError):
    """The picture or the request is larger than the service takes."""

    kind = "too_large"
    advice = "Use a smaller picture."


class RateLimited(ProviderError):
    """Too many requests; `wait` is the number of seconds that the service asks for, if it says."""

    kind = "rate_limit"
    retry = True
    advice = "Wait a minute and try again, with fewer jobs at once."

    def __init__(
        self,
        message: str,
        *,
        wait: float | None = None,
        provider: str = "",
        task_id: str = "",
        status: int | None = None,
        advice: str | None = None,
    ) -> None:
        super().__init__(message, provider=provider, task_id=task_id, status=status, advice=advice)
        self.wait = wait


class NotFound(ProviderError):
    """The service does not know the task or no longer keeps the file."""

    kind = "not_found"
    advice = "The result may have expired, or the base URL is wrong; look at the job on the service's web page."


class ServerError(ProviderError):
    """The service failed by its own fault."""

    kind = "server"
    retry = True
    advice = "Try again later; the service may be having trouble."


class TaskFailed(ServerError):
    """The service gave the task up; asking again gives the same answer."""

    retry = False
    advice = "Submit the picture again, or another one; services usually do not charge for failed jobs."


class NetworkError(ProviderError):
    """No connection, a broken connection, a proxy or a certificate problem.

    `sent` is False only when nothing of the request can have reached the service.
    """

    kind = "network"
    retry = True
    advice = "Check the network, the proxy and the certificate settings."

    def __init__(
        self,
        message: str,
        *,
        sent: bool = True,
        provider: str = "",
        task_id: str = "",
        status: int | None = None,
        advice: str | None = None,
    ) -> None:
        super().__init__(message, provider=provider, task_id=task_id, status=status, advice=advice)
        self.sent = sent


class BadResult(ProviderError):
    """The service answered with success, but there is no usable model in it."""

    kind = "bad_result"
    advice = "Resume the job to fetch the result again; it is not paid twice."


class TimedOut(Img3dError):
    """The job did not end within its time limit; the task stays known."""

    kind = "timeout"
    advice = "Resume the job later: the task is kept and is not paid twice."


class Uncertain(Img3dError):
    """A submit got no answer, so that nobody here knows whether it was charged."""

    kind = "uncertain"
    advice = (
        "Look at your account on the service's web page; submit it again only if you accept that it may be paid twice."
    )


class Cancelled(Img3dError):
    """The user ended the job."""

    kind = "cancelled"


class Stopped(Img3dError):
    """The engine was closed while the job was at work."""

    kind = "interrupted"
    exit_status = 130
    advice = "Resume the job to go on."


class LeaseLost(Img3dError):
    """Another process took the job over."""

    kind = "taken_over"
    advice = "Look at the jobs: it goes on in the other process."
