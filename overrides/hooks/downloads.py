"""MkDocs hook: each folder below ``recipes/`` becomes an archive beside the pages, ``recipes/<name>.zip``.

Where a page links one in a paragraph, its files with their sizes, its digest and the command that fetches it follow.
The page is complete without them.
"""

from __future__ import annotations

import hashlib
import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File
from proof.archive import archive, sizes

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

FOLDER = "recipes"
# a paragraph with a link to a file of this site; ``:`` would be another's
PARAGRAPH = re.compile(r'<p>(?:(?!</p>).)*?<a href="[^":]*?([\w.-]+)\.zip">(?:(?!</p>).)*</p>', re.DOTALL)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    root = Path(config.config_file_path).absolute().parent / FOLDER
    for folder in sorted(path for path in root.glob("*") if path.is_dir()):
        files.append(File.generated(config, f"{FOLDER}/{folder.name}.zip", content=archive(folder)))
    return files


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    def described(found: re.Match[str]) -> str:
        file = files.get_file_from_path(f"{FOLDER}/{found[1]}.zip")
        return found[0] + (_description(file, config.site_url or "") if file else "")

    return PARAGRAPH.sub(described, html)


def _description(file: File, site: str) -> str:
    """The fold below a download link; the command names the site's address, where the configuration has one."""
    zipped, name = file.content_bytes, Path(file.src_uri).name
    listed = sizes(zipped)
    rows = "".join(
        f"<tr><td><code>{escape(path.partition('/')[2])}</code></td><td>{size:,}</td></tr>"
        for path, size in listed.items()
    )
    command = f"curl -fsSLO {site.rstrip('/')}/{file.url} && unzip -q {name} && cd {name.removesuffix('.zip')}"
    fetched = f'<pre class="download"><code>{escape(command)}</code></pre>' if site else ""
    return (
        f'{fetched}<details class="download" data-search-exclude><summary>{len(listed)} files, '
        f"{sum(listed.values()):,} bytes</summary>"
        f"<table><thead><tr><th>file</th><th>bytes</th></tr></thead><tbody>{rows}</tbody></table>"
        f"<p>SHA-256 of <code>{name}</code>: <code>{hashlib.sha256(zipped).hexdigest()}</code></p></details>"
    )
