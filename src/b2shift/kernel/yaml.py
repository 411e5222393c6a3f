"""YAML as every declaration of the product is read: safe, and by the C parser where the library has it."""

from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse_yaml(text: str) -> Any:
    """What a YAML text holds; yaml.YAMLError, with line and column, when it is not one."""
    return yaml.load(text, _LOADER)  # noqa: S506 - both loaders are safe
