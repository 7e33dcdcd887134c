"""The built site: strict, complete without the hook, the same code with it, and nothing from other hosts."""

from __future__ import annotations

import copy
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import rendered
import yaml
from bs4 import BeautifulSoup
from harness.kinds.table import read_page
from harness.page.markup import Markup
from harness.project import Project
from site_sample import ROOT, Sample, Site, build

REMOTE = re.compile(r"^\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
LOADING = ("src", "srcset", "poster", "data", "action", "formaction", "background", "ping", "manifest")
FORBIDDEN = ("iframe", "object", "embed", "base")
CSS = re.compile(r"(?:url\(|@import)\s*['\"]?\s*([^'\")\s;]+)")
# What the theme's script can fetch, and what on a page makes it do so; no page may have that.
TRIGGERS = {
    "mermaid from a CDN": ".mermaid",
    "stars and forks from the code host": "[data-md-component=source]",
    "sponsors from the code host": "[data-md-component=sponsor], .mdx-sponsorship",
    "a version list": "[data-md-component=version], .md-version",
}
# The hosts in the theme's scripts: what TRIGGERS covers, XML name spaces and comments.
KNOWN = {
    "unpkg.com", "api.github.com", "${e}",
    "www.w3.org", "clipboardjs.com", "fontawesome.com", "lunrjs.com", "bit.ly", "tartarus.org",
}  # fmt: skip


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    sample = Sample.create(tmp_path_factory.mktemp("build"))
    sample.keep(sample.record())
    return sample


@pytest.fixture(scope="module")
def decorated(sample: Sample) -> Site:
    return sample.build()


@pytest.fixture(scope="module")
def plain(sample: Sample, decorated: Site) -> Site:
    return sample.build(hook=False)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The real site with the record that is there; without one it must build as well."""
    record = Path(os.environ.get("GUIDE_RECORD") or ROOT / ".work" / "record.json")
    return build(ROOT, tmp_path_factory.mktemp("real"), record)


@pytest.fixture(scope="module", params=["sample", "real"])
def site(request: pytest.FixtureRequest) -> Site:
    found: Site = request.getfixturevalue({"sample": "decorated", "real": "real"}[request.param])
    return found


def pages(site: Site) -> Iterator[tuple[str, BeautifulSoup]]:
    found = sorted(site.path.rglob("*.html"))
    assert len(found) >= 4, "home, status, how and 404 at least"
    ran = [path for path in found if path.parent.name == "transcripts"]
    for path in [path for path in found if path not in ran] + ran[:5]:  # made by one function from one kind of data
        yield path.relative_to(site.path).as_posix(), site.parsed(path)


def test_the_build_warns_of_nothing(site: Site) -> None:
    assert "Documentation built" in site.log
    assert not re.search(r"^(WARNING|ERROR|DEPRECATION)", site.log, re.MULTILINE)


def test_a_build_says_what_an_earlier_one_has_said(sample: Sample, decorated: Site) -> None:
    for site in (sample.build(), sample.build()):
        assert "Cleaning site directory" in site.log and "Documentation built" in site.log


def test_a_broken_link_stops_the_build(sample: Sample, tmp_path: Path) -> None:
    shutil.copytree(sample.root, tmp_path / "project")
    broken = Sample(tmp_path / "project")
    broken.edit("docs/pip/install.md", "(other.md)", "(other.md#nowhere)")
    with pytest.raises(AssertionError, match="does not contain an anchor '#nowhere'"):
        broken.build()


def test_a_page_outside_the_navigation_stops_the_build(sample: Sample, tmp_path: Path) -> None:
    shutil.copytree(sample.root, tmp_path / "project")
    lost = Sample(tmp_path / "project")
    lost.write("docs/pip/lost.md", "# Lost\n")
    with pytest.raises(AssertionError, match=r"(?s)not included in the \"nav\".*pip/lost\.md"):
        lost.build()


def test_no_page_loads_anything_from_another_host(site: Site) -> None:
    for name, page in pages(site):
        links = 0
        for tag in page.find_all(True):
            for attribute, value in tag.attrs.items():
                loads = attribute in LOADING or (tag.name, attribute) in {("link", "href"), ("use", "href")}
                assert not (loads and REMOTE.match(str(value))), f"{name}: {tag}"
                assert attribute != "style" or not remote_addresses(str(value)), f"{name}: {tag}"
            assert tag.name not in FORBIDDEN, f"{name}: {tag}"
            assert tag.name != "style" or not remote_addresses(tag.get_text()), f"{name}: {tag}"
            links += tag.name == "link"
        assert links, name
        for refresh in page.select("meta[http-equiv=refresh]"):  # of a page that moved
            assert not REMOTE.search(str(refresh["content"]).partition("url=")[2]), name
        for what, selector in TRIGGERS.items():
            assert not page.select(selector), f"{name} makes the theme fetch {what}"


def remote_addresses(css: str) -> list[str]:
    return [address for address in CSS.findall(css) if REMOTE.match(address)]


def test_no_style_sheet_loads_anything_from_another_host(site: Site) -> None:
    sheets = sorted(site.path.rglob("*.css"))
    assert sheets
    for path in sheets:
        assert not remote_addresses(path.read_text(encoding="utf-8")), path.name


def test_scripts_name_no_host_that_is_not_known_to_stay_unused(site: Site) -> None:
    # those of the search hold the pages' texts, as data
    scripts = [
        path for path in site.path.rglob("*.js") if not {"lunr", "search"} & set(path.relative_to(site.path).parts)
    ]
    assert {"guide.js"} < {path.name for path in scripts}
    for path in scripts:
        text = path.read_text(encoding="utf-8")
        named = set(re.findall(r"https?://([^/\"'`\s)>]+)", text))
        assert named <= (set() if path.name == "guide.js" else KNOWN), path.name


def test_decorating_a_page_changes_no_code(decorated: Site, plain: Site) -> None:
    for name in ("pip/install", "pip/other"):
        assert decorated.blocks(name) == plain.blocks(name)
        assert decorated.blocks(name)


def test_decorating_a_page_only_adds_to_it(decorated: Site, plain: Site) -> None:
    for name in ("pip/install", "pip/other", "how"):
        page = copy.copy(decorated.page(name))
        for added in page.select("[data-search-exclude]:not(.tabbed-labels), span[id^=block-]"):
            added.decompose()
        assert article(page) == article(plain.page(name))


def article(page: BeautifulSoup) -> str:
    """The text of the page's article with single spaces."""
    found = page.select_one("article")
    assert found is not None
    return " ".join(found.get_text().split())


def test_pages_are_complete_without_the_hook(plain: Site) -> None:
    assert "Each page says under its title" in article(plain.page("index"))
    assert article(plain.page("status")).count("This copy of the site was built without its record") == 3
    assert not plain.page("pip/install").select(".block-proof, .page-proof, [data-copy]")
    assert not (plain.path / "verification.json").exists()


def test_marks_stay_in_place_where_the_theme_strips_attributes_above_them(sample: Sample, tmp_path: Path) -> None:
    shutil.copytree(sample.root, tmp_path / "project")
    project = Sample(tmp_path / "project")
    above = "<div data-search-exclude markdown>\n\nNot to be found.\n\n</div>\n\n"
    project.edit("docs/pip/install.md", "## Use it\n", f"## Use it\n\n{above}")
    site, plain = project.build(), project.build(hook=False)
    assert site.blocks("pip/install") == plain.blocks("pip/install")
    assert len(site.states("pip/install")) == len(plain.blocks("pip/install"))
    page = site.page("pip/install")
    assert [str(div["id"]) for div in page.select("div.highlight[id^=block-]")] == [
        f"block-{number}"
        for number in range(1, 11)
        if number != 6  # which has an id of its own
    ]


@pytest.mark.parametrize(
    ("change", "places"),
    [('html.replace("<!--proof:block-2-->", "")', 10), ('html + "<!--proof:block-2-->"', 12)],
    ids=["lost", "doubled"],
)
def test_a_plugin_that_moves_the_marks_places_stops_the_build(
    sample: Sample, tmp_path: Path, change: str, places: int
) -> None:
    shutil.copytree(sample.root, tmp_path / "project")
    hook = tmp_path / "changes.py"
    hook.write_text(
        "def on_page_context(context, page, config, nav):\n"
        f"    html = page.content\n    page.content = {change} if 'proof:block-2-' in html else html\n"
    )
    with pytest.raises(AssertionError, match=rf"11 marks don't fit .* has {places} places .*block-2") as failure:
        Sample(tmp_path / "project").build(before=str(hook))
    assert "docs/pip/install.md" in str(failure.value)


@pytest.mark.parametrize("folder", [".", ".."])
def test_the_site_builds_from_any_folder(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    shutil.copytree(sample.root, tmp_path / "project")
    project = Sample(tmp_path / "project")
    project.build()
    monkeypatch.chdir(project.root / folder)
    done = rendered.build(Path(os.path.relpath(project.root)), tmp_path / "site", GUIDE_RECORD="")
    assert done.exit_code == 0, done.output
    assert len(Site(tmp_path / "site", done.output).states("pip/install")) == 10


def test_the_sample_is_a_guide_that_the_harness_takes(sample: Sample) -> None:
    markup = Markup(*Project(sample.root).markdown)
    pages = [sample.root / "docs" / "pip" / name for name in ("install.md", "other.md")]
    assert [len(read_page(Project(sample.root), path, markup).blocks) for path in pages] == [10, 3]


def test_a_part_that_the_record_does_not_have_stops_the_build(sample: Sample, tmp_path: Path) -> None:
    shutil.copytree(sample.root, tmp_path / "project")
    wrong = Sample(tmp_path / "project")
    wrong.edit("docs/index.md", 'data-record="totals"', 'data-record="total"')
    with pytest.raises(AssertionError, match="docs/index.md: data-record='total'; expected one of totals, run"):
        wrong.build()


def test_every_page_can_be_used_by_name_and_keyboard(site: Site) -> None:
    for name, page in pages(site):
        html = page.html
        assert html is not None and html.get("lang"), name
        assert page.title is not None and page.title.get_text().strip(), name
        assert len(page.select("main h1")) == 1, name
        ids = [str(tag["id"]) for tag in page.select("[id]")]
        assert len(ids) == len(set(ids)), f"{name}: {sorted(i for i in ids if ids.count(i) > 1)}"
        assert not [image for image in page.find_all("img") if not image.has_attr("alt")], name
        hidden = page.select("[data-search-exclude] [aria-hidden=true]")
        assert all(len(mark.get_text().strip()) == 1 for mark in hidden), f"{name}: marks are said in words beside them"


def test_a_missing_page_leads_home(site: Site) -> None:
    page = BeautifulSoup((site.path / "404.html").read_text(encoding="utf-8"), "html.parser")
    article = page.select_one("article")
    assert article is not None and "No page here" in article.get_text()
    assert [str(a["href"]) for a in article.find_all("a")] == ["/."]


def test_search_is_the_only_plugin() -> None:
    class Loader(yaml.SafeLoader):
        """Takes the tags of MkDocs for what they enclose."""

    Loader.add_multi_constructor("!", lambda loader, suffix, node: None)
    configuration = yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), Loader)
    assert [name for plugin in configuration["plugins"] for name in plugin] == ["search"]
    assert configuration["theme"]["font"] is False
    assert configuration["strict"] is True
    extensions = [name if isinstance(name, str) else next(iter(name)) for name in configuration["markdown_extensions"]]
    assert not [name for name in extensions if "." in name and not name.startswith("pymdownx.")]


def test_every_real_page_with_blocks_shows_their_states(real: Site) -> None:
    counted = 0
    for path in (ROOT / "docs").rglob("*.md"):
        name = path.relative_to(ROOT / "docs").with_suffix("").as_posix()
        blocks = real.page(name).select("article div.highlight")
        if blocks and real.page(name).select(".md-banner"):  # nothing ran here, and nothing is committed
            assert not real.page(name).select(".block-proof, .page-proof"), name
        elif blocks:
            assert len(real.states(name)) == len(blocks), name
            assert real.line(name), name
        counted += 1
    assert counted >= 3
