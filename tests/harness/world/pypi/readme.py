"""Whether PyPI can show a description.

reStructuredText is rendered by PyPI's own renderer, in a process of its own: it takes long to import, and its parser
has been fed on purpose before. Markdown and plain text never fail to render. Source, in
https://github.com/pypi/warehouse at 6b62157: warehouse/forklift/legacy.py, lines 885 to 920, and
warehouse/utils/readme.py.
"""

from __future__ import annotations

import asyncio
import sys
from email.message import EmailMessage

from packaging.metadata import Metadata

from harness.world.index.upload import Rejected

UNRENDERED = 3
RENDER = (
    "import sys, readme_renderer.rst\n"
    f"sys.exit({UNRENDERED} if readme_renderer.rst.render(sys.stdin.buffer.read().decode()) is None else 0)"
)


async def judge(metadata: Metadata, see: str) -> None:
    """Raises Rejected, with ``see`` behind PyPI's words, where the metadata's description can't be shown."""
    stated = metadata.description_content_type
    if not metadata.description or (stated and _kind(stated) != "text/x-rst"):
        return
    pipe = asyncio.subprocess.PIPE
    command = [sys.executable, "-I", "-c", RENDER]
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe)
    _, complaint = await process.communicate(metadata.description.encode())
    if process.returncode == UNRENDERED:
        how = f"for '{stated}'" if stated else "in the default format of reStructuredText"
        raise Rejected(400, f"The description failed to render {how}. {see}")
    if process.returncode:
        raise RuntimeError(f"readme_renderer ended with {process.returncode}: {complaint.decode()}")


def _kind(stated: str) -> str:
    """The type without its parameters."""
    message = EmailMessage()
    message["content-type"] = stated
    return message.get_content_type()
