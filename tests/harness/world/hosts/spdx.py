"""The licence texts of the SPDX license list, on the host from which GitHub serves single files.

``hatch new`` fetches the text of a new project's licence there, at the release of the list that its ``packaging`` has.
Of the list this world has one release and one text: MIT, which everybody may copy.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from harness.world.host import Host
from harness.world.link import Link

HOST = "raw.githubusercontent.com"
MIT = """\
MIT License

Copyright (c) <year> <copyright holders>

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction, including
without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the
following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial
portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT
LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO
EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER
IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE
USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def hosts(_: Link) -> list[Host]:
    async def mit(_: Request) -> Response:
        return PlainTextResponse(MIT)

    route = Route("/spdx/license-list-data/v3.27.0/text/MIT.txt", mit)
    return [Host(HOST, [route], "the MIT licence of SPDX's license list 3.27.0")]
