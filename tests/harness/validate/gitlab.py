"""GitLab's pipelines: their schema, and the stages and jobs that jobs name (GitLab's CI/CD YAML reference)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from harness.validate import schema, yaml
from harness.validate.family import Family

STAGES = (".pre", "build", "test", "deploy", ".post")
GLOBAL = {"spec", "default", "variables", "workflow", "image", "cache"}  # mappings that aren't jobs


def check(text: str) -> list[str]:
    documents, errors = yaml.read(text)
    if errors:
        return errors
    if len(documents) == 2 and isinstance(documents[0], dict) and documents[0].keys() == {"spec"}:
        del documents[0]  # a component's header
    if len(documents) != 1:
        return [f"{len(documents)} documents in the file; expected one, perhaps after one with a spec alone"]
    data = documents[0]
    if (errors := schema.errors(data, "gitlab-ci")) or "include" in data:  # the rest may be in another file
        return errors
    stages = {*data.get("stages", STAGES), ".pre", ".post"}
    jobs = {name: job for name, job in data.items() if name not in GLOBAL and isinstance(job, dict)}
    for name, job in jobs.items():
        for key, other in references(job):
            if other not in jobs and "$" not in other:
                errors.append(f"$.{name}.{key}: there is no job {other!r}")
        stage = extended(data, name).get("stage", "test")
        if isinstance(stage, str) and "$" not in stage and stage not in stages and not name.startswith("."):
            errors.append(f"$.{name}.stage: there is no stage {stage!r}; expected one of {', '.join(sorted(stages))}")
    return errors


def extended(data: Mapping[str, Any], name: str, seen: tuple[str, ...] = ()) -> dict[str, Any]:
    """A GitLab job with all that it ``extends``: mappings are merged, anything else replaces what was there."""
    job = data.get(name)
    if not isinstance(job, dict) or name in seen:
        return {}
    bases = job.get("extends", [])
    found: dict[str, Any] = {}
    for base in [bases] if isinstance(bases, str) else bases:
        found = _merged(found, extended(data, base, (*seen, name)))
    return _merged(found, job)


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    both = {key: _merged(old[key], new[key]) for key in old.keys() & new.keys() if _mappings(old[key], new[key])}
    return {**old, **new, **both}


def _mappings(*values: object) -> bool:
    return all(isinstance(value, dict) for value in values)


def references(job: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The jobs that ``job`` names, each with the key that names it."""
    for key in ("extends", "needs", "dependencies"):
        value = job.get(key) or []
        for one in [value] if isinstance(value, str) else value:
            if isinstance(one, dict) and ("job" not in one or "pipeline" in one or "project" in one):
                continue  # of another pipeline
            other = one["job"] if isinstance(one, dict) else one
            if isinstance(other, str):
                yield key, re.sub(r"( \d+/\d+|: \[.*\])$", "", other)  # one of a job's parallel runs


FAMILY = Family(r"(.*/)?\.gitlab-ci\.ya?ml", check)
