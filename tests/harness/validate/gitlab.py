"""GitLab's pipelines: their schema, and the stages and jobs that jobs name (GitLab's CI/CD YAML reference)."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
        stage = job.get("stage", "test")
        if isinstance(stage, str) and "$" not in stage and stage not in stages and not name.startswith("."):
            errors.append(f"$.{name}.stage: there is no stage {stage!r}; expected one of {', '.join(sorted(stages))}")
        for key, other in references(job):
            if other not in jobs and "$" not in other:
                errors.append(f"$.{name}.{key}: there is no job {other!r}")
    return errors


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
