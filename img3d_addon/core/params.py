# SPDX-License-Identifier: GPL-3.0-or-later
"""Parameters, declared once: the source of the sidebar, keywords, `-o`, checks, presets and tables. No bpy."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path
from typing import Any

from .errors import BadInput
from .files.given import check_file

__all__ = ["Bool", "Choice", "File", "Float", "Int", "Param", "Secret", "Text", "Value", "check_all", "parse_all"]

Value = bool | int | float | str


@dataclass(frozen=True)
class Param:
    """One parameter under the vendor's own name; `label` and `help` are what people read.

    It exists only `when` each named parameter, declared before it, has one of these values. `env` is the
    environment variable that may hold it, where it is a setting of the account.
    """

    name: str
    default: Any
    _: KW_ONLY
    label: str = ""
    help: str = ""
    unit: str = ""
    advanced: bool = False
    env: str = ""
    when: Mapping[str, tuple[Value, ...]] = field(default_factory=dict[str, tuple[Value, ...]])

    def applies(self, values: Mapping[str, Any]) -> bool:
        """Tell whether it exists beside these values of the parameters before it."""
        return all(values.get(name) in allowed for name, allowed in self.when.items())

    def when_text(self) -> str:
        """When it exists, in words; empty for always."""
        return " and ".join(f"{name} = {' or '.join(map(str, allowed))}" for name, allowed in self.when.items())

    @property
    def title(self) -> str:
        """The label, or the name in words."""
        return self.label or self.name.replace("_", " ").capitalize()

    def check(self, value: Any) -> Any:
        """Return `value` in this parameter's own type, or raise `BadInput`."""
        raise NotImplementedError

    def parse(self, text: str) -> Any:
        """Read the text of `-o NAME=VALUE`; `BadInput` when it does not fit."""
        return self.check(text)

    def range_text(self) -> str:
        """What is allowed, in words, for tables and error texts."""
        raise NotImplementedError

    def refuse(self, value: Any) -> BadInput:
        """Make the error for a value that does not fit."""
        return BadInput(f"{self.name} = {value!r} is not allowed; it takes {self.range_text()}")


@dataclass(frozen=True)
class _Number(Param):
    _: KW_ONLY
    min: float
    max: float

    def range_text(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        return f"a number from {self.min:g} to {self.max:g}{unit}"

    def _within(self, value: Any) -> float:
        if isinstance(value, bool):
            raise self.refuse(value)
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise self.refuse(value) from None
        if not math.isfinite(number) or not self.min <= number <= self.max:
            raise self.refuse(value)
        return number


@dataclass(frozen=True)
class Int(_Number):
    """A whole number from `min` to `max`, both included."""

    def check(self, value: Any) -> int:
        """Return an `int`; 3.0 and "3" are 3, 3.5 is refused."""
        self._within(value)
        try:
            whole = int(value)  # not through float: it would round a large seed
        except ValueError:
            whole = int(float(value))
        if whole != float(value):
            raise self.refuse(value)
        return whole

    def range_text(self) -> str:
        """What is allowed, in words."""
        unit = f" {self.unit}" if self.unit else ""
        return f"a whole number from {int(self.min)} to {int(self.max)}{unit}"


@dataclass(frozen=True)
class Float(_Number):
    """A number from `min` to `max`, both included."""

    def check(self, value: Any) -> float:
        """Return a finite `float`."""
        return self._within(value)


@dataclass(frozen=True)
class Bool(Param):
    """Yes or no."""

    def check(self, value: Any) -> bool:
        """Return a `bool`; the words of `parse` are taken too."""
        if isinstance(value, bool):
            return value
        words = {
            "true": True,
            "yes": True,
            "on": True,
            "1": True,
            "false": False,
            "no": False,
            "off": False,
            "0": False,
        }
        try:
            return words[str(value).strip().lower()]
        except KeyError:
            raise self.refuse(value) from None

    def range_text(self) -> str:
        """What is allowed, in words."""
        return "true or false"


@dataclass(frozen=True)
class Choice(Param):
    """One of `choices`, which are strings or whole numbers; `labels` are their words for people."""

    _: KW_ONLY
    choices: tuple[str | int, ...]
    labels: Mapping[str | int, str] | None = None

    def check(self, value: Any) -> str | int:
        """Return the member of `choices` that reads like `value`."""
        for choice in self.choices:
            if not isinstance(value, bool) and str(choice) == str(value).strip():
                return choice
        raise self.refuse(value)

    def range_text(self) -> str:
        """What is allowed, in words."""
        return "one of " + ", ".join(str(choice) for choice in self.choices)

    def title_of(self, choice: str | int) -> str:
        """The words for one choice."""
        return (self.labels or {}).get(choice) or str(choice)


@dataclass(frozen=True)
class Text(Param):
    """One line of text of at most `max_length` characters."""

    _: KW_ONLY
    max_length: int = 256

    def check(self, value: Any) -> str:
        """Return a `str` without control characters."""
        text = str(value)
        if len(text) > self.max_length or not text.isprintable():
            raise self.refuse(text[:40])
        return text

    def range_text(self) -> str:
        """What is allowed, in words."""
        return f"one line of at most {self.max_length} characters"


@dataclass(frozen=True)
class File(Text):
    """The path of a further picture, such as a mask; empty for none. The job works with its own copy of it."""

    max_length: int = 1024

    def check(self, value: Any) -> str:
        """Return the absolute path of a file that is there; nothing is opened."""
        text = super().check(value)
        if not text.strip():
            return ""
        try:
            path = Path(text).expanduser().absolute()
        except RuntimeError:  # ~somebody who is not known
            raise self.refuse(text) from None
        try:
            check_file(path)
        except BadInput as error:
            raise BadInput(f"{self.name}: {error.message}", advice=error.advice) from None
        return str(path)

    def range_text(self) -> str:
        """What is allowed, in words."""
        return "the path of a picture file"


@dataclass(frozen=True)
class Secret(Text):
    """A key of the user's account; it has an `env`."""

    default: str = ""

    def refuse(self, value: Any) -> BadInput:
        """Make the error without showing the value."""
        del value
        return BadInput(f"the value of {self.env} is not a key", advice="Paste it again, as one line without spaces.")


def check_all(params: Iterable[Param], given: Mapping[str, Any], *, owner: str = "") -> dict[str, Value]:
    """Return every parameter that exists with its given or default value; `BadInput` for other names."""
    declared = {param.name: param for param in params}
    for name in given:
        if name not in declared:
            raise _unknown(name, declared, owner)
    values: dict[str, Value] = {}
    for name, param in declared.items():
        if param.applies(values):
            values[name] = param.check(given.get(name, param.default))
        elif name in given:
            raise BadInput(f"{name} can be given only with {param.when_text()}", advice="Leave it out.")
    return values


def parse_all(params: Iterable[Param], pairs: Iterable[str], *, owner: str = "") -> dict[str, Value]:
    """Read `NAME=VALUE` texts, as `-o` gives them; only the named parameters are returned."""
    declared = {param.name: param for param in params}
    values: dict[str, Value] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        name = name.strip()
        if not equals:
            raise BadInput(f"-o {pair!r} is not NAME=VALUE", advice="Write for example -o seed=7.")
        if name not in declared:
            raise _unknown(name, declared, owner)
        values[name] = declared[name].parse(text)
    return values


def _unknown(name: str, declared: Mapping[str, Param], owner: str) -> BadInput:
    near = difflib.get_close_matches(name, declared, n=1)
    hint = f"Did you mean {near[0]!r}?" if near else "It takes: " + (", ".join(declared) or "nothing") + "."
    return BadInput(f"{owner or 'This provider'} has no parameter {name!r}", advice=hint)
