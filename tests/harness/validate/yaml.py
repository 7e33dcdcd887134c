"""YAML 1.2, perhaps several documents, and what the other validators of YAML files share."""

from __future__ import annotations

import io
from typing import Any

from ruamel.yaml import YAML, YAMLError
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from harness.validate.family import Family


class Number(float):
    """A number that still knows how it was written: 3.10 is 3.1."""

    text: str


class Reference(list[Any]):
    """What GitLab's ``!reference [job, key]`` names: a value in another place of the file."""


class Constructor(SafeConstructor):
    """Plain data; a tag that only its own program knows (``!ENV``, ``!Ref``) leaves its value as it is."""

    def untagged(self, node: Node) -> Any:
        if isinstance(node, MappingNode):
            return self.construct_mapping(node, deep=True)
        if isinstance(node, SequenceNode):
            return self.construct_sequence(node, deep=True)
        return self.construct_scalar(node)

    def reference(self, node: Node) -> Reference:
        return Reference(self.construct_sequence(node, deep=True))

    def number(self, node: Node) -> Number:
        made = Number(self.construct_yaml_float(node))
        made.text = node.value
        return made


Constructor.add_constructor(None, Constructor.untagged)
Constructor.add_constructor("!reference", Constructor.reference)
Constructor.add_constructor("tag:yaml.org,2002:float", Constructor.number)
# JSON Schema has no dates: they stay text
Constructor.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


def read(text: str) -> tuple[list[Any], list[str]]:
    """The documents (``on`` is text, names are unique), and what keeps them from being read."""
    reader = YAML(typ="safe", pure=True)
    reader.Constructor = Constructor
    try:
        return list(reader.load_all(io.StringIO(text))), []
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}: " if mark else ""
        return [], [f"{place}not YAML: {getattr(error, 'problem', None) or error}"]
    except ValueError as error:
        return [], [f"not YAML: {error}"]


def single(text: str) -> tuple[Any, list[str]]:
    """The one document, and what is wrong where it can't be read or isn't the only one."""
    documents, errors = read(text)
    if not errors and len(documents) != 1:
        errors = [f"{len(documents)} documents in the file; expected one"]
    return (None if errors else documents[0]), errors


def check(text: str) -> list[str]:
    return read(text)[1]


FAMILY = Family(r"(.*/)?.*\.ya?ml", check, "yaml")
