"""YAML files into typed settings, with every fault named at once.

A file is read strictly: a key that stands twice in one mapping is a fault, not a choice.
"""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Hashable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from collectors.errors import Fault, SettingsError

Model = TypeVar("Model", bound="Strict")


RIGHT = {
    "dict_type": "a mapping, like {{key: value}}",
    "model_type": "a mapping, like {{key: value}}",
    "list_type": "a list, like [a, b]",
    "string_type": "a text, in quotes where it looks like a number",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "literal_error": "one of {expected}",
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "{ge:g} or more",
    "less_than_equal": "{le:g} or less",
    "string_too_short": "at least {min_length} character long",
    "string_too_long": "at most {max_length} characters long",
    "too_short": "at least {min_length} long",
}


# What a value that looks like one of these is called, and what would be right.
KINDS = {
    "tag:yaml.org,2002:timestamp": ("date", "it would be like 2026-11-23"),
    "tag:yaml.org,2002:int": ("number", "in quotes it would be a text"),
    "tag:yaml.org,2002:float": ("number", "in quotes it would be a text"),
}


class Strict(BaseModel):
    """The base of all settings: unknown keys are faults, values do not change type."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class _Loader(yaml.SafeLoader):
    """Safe, and a key that stands twice in one mapping is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key = str(key_node.value)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key!r} stands twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, KeyError, AttributeError):  # what looks like a date and is none, say
            kind, right = KINDS.get(node.tag, ("value", "in quotes it would be a text"))
            wrong = f"{str(node.value)[:40]!r} is no {kind}; {right}"
            raise yaml.constructor.ConstructorError(None, None, wrong, node.start_mark) from None


def read_yaml(path: Path) -> dict[str, Any]:
    """Return the mapping a YAML (or JSON) file holds; an empty file is an empty mapping.

    Raises SettingsError when it cannot be read, is not YAML or not a mapping.
    """
    try:
        data = parse_yaml(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError(Fault(str(path), "", f"cannot be read: {error.strerror}")) from None
    except UnicodeDecodeError:
        raise SettingsError(Fault(str(path), "", "is not UTF-8 text")) from None
    except yaml.YAMLError as error:
        raise SettingsError(Fault(str(path), "", _yaml_fault(error))) from None
    except RecursionError:
        raise SettingsError(Fault(str(path), "", "is nested too deeply")) from None
    if data is None:
        return {}
    if not isinstance(data, dict):
        right = "it would be a list of `key: value` lines"
        raise SettingsError(Fault(str(path), "", f"holds {_kind(data)}", right))
    return data


def parse_yaml(text: str) -> Any:
    """Return what a YAML text holds, as the settings files are read. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506  (derives from SafeLoader)


def override(data: dict[str, Any], key: str, value: Any) -> None:
    """Set a dotted key in nested mappings; an existing key that has dots itself is found."""
    parts = key.split(".")
    while parts:
        length = next(
            (n for n in range(len(parts), 0, -1) if ".".join(parts[:n]) in data),
            1,
        )
        name, parts = ".".join(parts[:length]), parts[length:]
        if not parts:
            data[name] = value
            return
        if not isinstance(data.get(name), dict):
            data[name] = {}
        data = data[name]


def validate(model: type[Model], data: Mapping[str, Any], file: str) -> Model:
    """Return the typed settings. Raises SettingsError with every fault at once."""
    try:
        return model.model_validate(dict(data))
    except ValidationError as error:
        raise SettingsError(*_faults(error, model, data, file)) from None


def _faults(
    error: ValidationError, model: type[Strict], data: Mapping[str, Any], file: str
) -> Iterable[Fault]:
    for one in error.errors(include_url=False, include_input=False):
        loc = one["loc"]
        key = ".".join(str(part) for part in loc)
        if one["type"] == "extra_forbidden":
            yield Fault(file, key, "unknown key", _known(model, loc))
        elif one["type"] == "missing":
            yield Fault(file, key, "is missing")
        elif one["type"] in ("value_error", "assertion_error"):
            wrong, _, right = one["msg"].removeprefix("Value error, ").partition("; ")
            yield Fault(file, key, wrong, right)
        else:
            yield Fault(file, key, _given(data, loc), _right(one))


def _right(error: ErrorDetails) -> str:
    """Say what would be right, in words that need no knowledge of pydantic."""
    words = RIGHT.get(error["type"])
    if words:
        return "it would be " + words.format(**error.get("ctx", {}))
    return error["msg"][:1].lower() + error["msg"][1:]


def _known(model: type[Strict], loc: tuple[int | str, ...]) -> str:
    at: Any = model
    for part in loc[:-1]:
        at = _inner(at, part)
    if not (isinstance(at, type) and issubclass(at, BaseModel)):
        return ""
    names = [field.alias or name for name, field in at.model_fields.items()]
    close = difflib.get_close_matches(str(loc[-1]), names, 1, 0.6)
    return f"did you mean `{close[0]}`?" if close else f"known here: {', '.join(names)}"


def _inner(annotation: Any, part: int | str) -> Any:
    """Return the model one step down: a field's, or the value type of a dict or list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            if part in (name, field.alias):
                return _unwrap(field.annotation)
        return None
    arguments = typing.get_args(annotation)
    return _unwrap(arguments[-1]) if arguments else None


def _unwrap(annotation: Any) -> Any:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        kinds = [kind for kind in typing.get_args(annotation) if kind is not type(None)]
        models = [k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)]
        return models[0] if models else kinds[0]
    return annotation


def _given(data: Any, loc: tuple[int | str, ...]) -> str:
    """Quote the value a fault is about, unless it may be a secret."""
    for part in loc:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return "is not right"
    if any("password" in str(part) or "secret" in str(part) for part in loc):
        return f"is {_kind(data)}"
    return f"is {_kind(data)}" if isinstance(data, dict | list) else f"is {data!r}"


def _kind(data: Any) -> str:
    return {dict: "a mapping", list: "a list", str: "a text", type(None): "nothing"}.get(
        type(data), f"a {type(data).__name__}"
    )


def _yaml_fault(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    return f"{where}{getattr(error, 'problem', None) or 'is not YAML'}"
