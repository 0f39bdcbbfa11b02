"""What collectors may be told: `collectors.NAME` in daily.yaml, and in fleet.yaml for some hosts.

    collectors:
      logins: {paths: ["/srv/log/*/auth.log*"]}

Mappings are merged, the innermost wins (daily.yaml, then fleet.yaml's defaults, groups and
host); everything else is replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import create_model

from collectors import COLLECTORS
from collectors.config import Strict

Options = Mapping[str, Any]

_MODELS: dict[str, Any] = {
    one.NAME: (one.OPTIONS, one.OPTIONS()) for one in COLLECTORS if hasattr(one, "OPTIONS")
}
CollectorOptions: type[Strict] = create_model("CollectorOptions", __base__=Strict, **_MODELS)


def given(options: Strict | None) -> dict[str, Any]:
    """Return what was written down, and none of the defaults."""
    return options.model_dump(mode="json", exclude_unset=True) if options else {}


def merged(outer: Options, inner: Options) -> dict[str, Any]:
    """Return the outer options with the inner ones over them."""
    found = dict(outer)
    for key, value in inner.items():
        both = isinstance(value, Mapping) and isinstance(found.get(key), Mapping)
        found[key] = merged(found[key], value) if both else value
    return found
