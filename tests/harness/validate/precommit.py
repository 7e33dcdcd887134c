"""pre-commit's configuration and its repositories' hooks, by pre-commit's own schema; its warnings count."""

from __future__ import annotations

import logging

import cfgv  # type: ignore[import-untyped]

from harness.validate import yaml
from harness.validate.family import Family


class Warnings(logging.Handler):
    """What pre-commit warns of, such as a key that it doesn't know."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def check(text: str) -> list[str]:
    # slow to import, and few pages need it
    from pre_commit.clientlib import CONFIG_SCHEMA, MANIFEST_HOOK_DICT, MANIFEST_SCHEMA  # type: ignore[import-untyped]

    data, errors = yaml.single(text)
    if errors:
        return errors
    log, handler = logging.getLogger("pre_commit"), Warnings()
    log.addHandler(handler)
    propagate, log.propagate = log.propagate, False
    try:
        cfgv.validate(data, MANIFEST_SCHEMA if isinstance(data, list) else CONFIG_SCHEMA)
    except cfgv.ValidationError as error:
        return [" ".join(str(error).split())]
    finally:
        log.removeHandler(handler)
        log.propagate = propagate
    hooks = data if isinstance(data, list) else [hook for repo in data["repos"] for hook in repo["hooks"]]
    # pre-commit takes no notice of a hook's misspelt key, so the reader's setting would be lost
    known = {getattr(item, "key", None) for item in MANIFEST_HOOK_DICT.items}
    unknown = [f"hook {hook['id']!r}: unknown key {key!r}" for hook in hooks for key in hook if key not in known]
    return handler.messages + unknown


FAMILY = Family(r"(.*/)?\.pre-commit-(config|hooks)\.yaml", check)
