"""YAML files, and the files that have a schema: check-jsonschema's vendored ones, and pre-commit's own."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from functools import lru_cache
from importlib.metadata import distribution
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cfgv  # type: ignore[import-untyped]
from ruamel.yaml import YAML, YAMLError
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

# jsonschema and pre-commit are slow to import, and few files need them: they are imported where they are used
if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError  # type: ignore[import-untyped]

# what a file may have: ten lines of aliases can stand for billions of nodes, and reading brackets takes depth squared
ALIASES, NODES, DEPTH = 30, 100_000, 100


class Constructor(SafeConstructor):
    """Plain data; a tag that only its own program knows (``!ENV``, ``!Ref``) leaves its value as it is."""

    def untagged(self, node: Node) -> Any:
        if isinstance(node, MappingNode):
            return self.construct_mapping(node, deep=True)
        if isinstance(node, SequenceNode):
            return self.construct_sequence(node, deep=True)
        return self.construct_scalar(node)


Constructor.add_constructor(None, Constructor.untagged)
# JSON Schema has no dates: they stay text
Constructor.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


def load(text: str) -> list[Any]:
    """The documents of ``text`` (YAML 1.2: ``on`` is text), names unique; raises YAMLError, or ValueError for bombs."""
    if max(accumulate((char in "[{") - (char in "]}") for char in text), default=0) > DEPTH:
        raise ValueError(f"brackets more than {DEPTH} deep")
    reader = YAML(typ="safe", pure=True)
    if sum(isinstance(event, AliasEvent) for event in reader.parse(io.StringIO(text))) > ALIASES:
        raise ValueError(f"more than {ALIASES} aliases")
    reader = YAML(typ="safe", pure=True)
    reader.Constructor = Constructor
    documents = list(reader.load_all(io.StringIO(text)))
    if size(documents, {}, set()) > NODES:
        raise ValueError(f"more than {NODES} nodes once its aliases are followed")
    return documents


def size(value: Any, known: dict[int, int], above: set[int]) -> int:
    """The number of nodes of ``value`` with every alias followed; a value inside itself has too many."""
    if id(value) in above:
        return NODES + 1
    if not isinstance(value, dict | list):
        return 1
    if id(value) not in known:
        children = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(size(child, known, above | {id(value)}) for child in children)
    return known[id(value)]


def read(text: str) -> tuple[list[Any], list[str]]:
    """The documents, and what keeps them from being read."""
    try:
        return load(text), []
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}: " if mark else ""
        return [], [f"{place}not YAML: {getattr(error, 'problem', None) or error}"]
    except ValueError as error:
        return [], [f"not YAML: {error}"]


def yaml(text: str) -> list[str]:
    """YAML 1.2, perhaps several documents."""
    return read(text)[1]


@lru_cache
def checker(name: str) -> Any:
    """The validator of check-jsonschema's vendored schema ``name``."""
    from jsonschema.validators import validator_for  # type: ignore[import-untyped]

    # read, not imported: importing check_jsonschema loads its command line and an HTTP client, for half a second
    path = distribution("check-jsonschema").locate_file(f"check_jsonschema/builtin_schemas/vendor/{name}.json")
    found = json.loads(Path(str(path)).read_text(encoding="utf-8"))
    return validator_for(found)(found)


def leaves(error: ValidationError) -> Iterator[ValidationError]:
    """The errors below ``error`` that are about the value itself, the most telling first."""
    from jsonschema.exceptions import relevance

    for inner in sorted(error.context or [], key=relevance):
        yield from leaves(inner) if inner.context else [inner]


def schema(text: str, name: str) -> list[str]:
    """Errors by check-jsonschema's vendored schema ``name``, with the path of the value in the file."""
    from jsonschema.exceptions import best_match

    documents, errors = read(text)
    if errors or len(documents) != 1:
        return errors or [f"{len(documents)} documents in the file; expected one"]
    # JSON has text for names: a YAML "1:" is one too
    found = list(checker(name).iter_errors(named(documents[0])))
    # where one property is wrong, its right siblings are "unevaluated" too: that tells nothing
    error = best_match(iter([one for one in found if one.validator != "unevaluatedProperties"] or found))
    if error is None:
        return []
    inner = [f"{leaf.json_path}: {leaf.message:.200}" for leaf in leaves(error)]
    return ["\n    ".join(dict.fromkeys([f"{error.json_path}: {error.message:.200}", *inner[:6]]))]


def named(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): named(item) for key, item in value.items()}
    return [named(item) for item in value] if isinstance(value, list) else value


def workflow(text: str) -> list[str]:
    """GitHub's workflow schema, and the jobs that ``needs`` names."""
    if errors := schema(text, "github-workflows"):
        return errors
    jobs = load(text)[0]["jobs"]
    errors = []
    for name, job in jobs.items():
        needs = job.get("needs", [])
        for need in [needs] if isinstance(needs, str) else needs:
            if need not in jobs:
                errors.append(f"$.jobs.{name}.needs: there is no job {need!r}")
    return errors


def compose(text: str) -> list[str]:
    """The Compose specification's schema, and what services name: services, volumes, networks, secrets, configs."""
    if errors := schema(text, "compose-spec"):
        return errors
    data = load(text)[0] or {}
    errors = []
    for name, service in (data.get("services") or {}).items():
        for other in service.get("depends_on") or []:
            if other not in data["services"]:
                errors.append(f"$.services.{name}.depends_on: there is no service {other!r}")
        for mount in service.get("volumes") or []:
            short = isinstance(mount, str) and mount.count(":") and mount.split(":")[0]
            volume = short or isinstance(mount, dict) and mount.get("type") == "volume" and mount.get("source") or ""
            if volume and volume[0] not in "./~$\\" and volume not in (data.get("volumes") or {}):
                errors.append(f"$.services.{name}.volumes: the volume {volume!r} isn't declared under volumes")
        for kind in ("networks", "secrets", "configs"):
            for entry in service.get(kind) or []:
                source = entry.get("source") if isinstance(entry, dict) else entry
                if source != "default" and source not in (data.get(kind) or {}):
                    errors.append(f"$.services.{name}.{kind}: {source!r} isn't declared under {kind}")
    return errors


class Warnings(logging.Handler):
    """What pre-commit warns of, such as a key that it doesn't know."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def precommit(text: str) -> list[str]:
    """pre-commit's own schema of its configuration (a mapping) or of a repository's hooks (a list); warnings count."""
    from pre_commit.clientlib import CONFIG_SCHEMA, MANIFEST_HOOK_DICT, MANIFEST_SCHEMA  # type: ignore[import-untyped]

    documents, errors = read(text)
    if errors or len(documents) != 1:
        return errors or [f"{len(documents)} documents in the file; expected one"]
    log, handler = logging.getLogger("pre_commit"), Warnings()
    log.addHandler(handler)
    propagate, log.propagate = log.propagate, False
    try:
        cfgv.validate(documents[0], MANIFEST_SCHEMA if isinstance(documents[0], list) else CONFIG_SCHEMA)
    except cfgv.ValidationError as error:
        return [" ".join(str(error).split())]
    finally:
        log.removeHandler(handler)
        log.propagate = propagate
    hooks = documents[0] if isinstance(documents[0], list) else []
    hooks = hooks or [hook for repo in documents[0]["repos"] for hook in repo["hooks"]]
    # pre-commit takes no notice of a hook's misspelt key, so the reader's setting would be lost
    known = {getattr(item, "key", None) for item in MANIFEST_HOOK_DICT.items}
    unknown = [f"hook {hook['id']!r}: unknown key {key!r}" for hook in hooks for key in hook if key not in known]
    return handler.messages + unknown
