"""JSON schemas of well-known files: those in ``schemas/``, and what check-jsonschema carries."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

# slow to import, and few pages need it: it is imported where it is used
if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError  # type: ignore[import-untyped]


OWN = Path(__file__).with_name("schemas")


@lru_cache
def schema(name: str) -> dict[str, Any]:
    """The schema ``name``. Read, not imported: check_jsonschema loads its command line and an HTTP client."""
    path: object = OWN / f"{name}.json"
    if not (OWN / f"{name}.json").exists():
        path = distribution("check-jsonschema").locate_file(f"check_jsonschema/builtin_schemas/vendor/{name}.json")
    found: dict[str, Any] = json.loads(Path(str(path)).read_text(encoding="utf-8"))
    if name == "github-workflows":  # the schema wants an object, GitHub takes an expression that gives one
        for job in ("normalJob", "reusableWorkflowCallJob"):
            properties = found["definitions"][job]["properties"]
            properties["strategy"] = {"anyOf": [{"$ref": "#/definitions/expressionSyntax"}, properties["strategy"]]}
    return found


@lru_cache
def checker(name: str) -> Any:
    from jsonschema.validators import validator_for  # type: ignore[import-untyped]

    return validator_for(schema(name))(schema(name))


def errors(data: Any, name: str) -> list[str]:
    """The error of ``data`` by the schema ``name`` that tells most, with the path of the value in the file."""
    from jsonschema.exceptions import best_match

    # JSON has text for names: a YAML "1:" is one too
    found = list(checker(name).iter_errors(named(data)))
    # where one property is wrong, its right siblings are "unevaluated" too: that tells nothing
    error = best_match(iter([one for one in found if one.validator != "unevaluatedProperties"] or found))
    if error is None:
        return []
    inner = [f"{leaf.json_path}: {leaf.message:.200}" for leaf in leaves(error)]
    return ["\n    ".join(dict.fromkeys([f"{error.json_path}: {error.message:.200}", *inner[:6]]))]


def leaves(error: ValidationError) -> Iterator[ValidationError]:
    """The errors below ``error`` that are about the value itself, the most telling first."""
    from jsonschema.exceptions import relevance

    for inner in sorted(error.context or [], key=relevance):
        yield from leaves(inner) if inner.context else [inner]


def named(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): named(item) for key, item in value.items()}
    return [named(item) for item in value] if isinstance(value, list) else value
