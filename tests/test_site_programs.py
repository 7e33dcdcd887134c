"""The files beside the pages: Markdown twins, llms.txt, scripts, the record's schema, the history and its feed."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
from pathlib import Path
from urllib.parse import urljoin
from xml.etree import ElementTree

import jsonschema
import pytest
import yaml
from checkout import Checkout
from harness.project import ROOT
from proof.flat import flat
from proof.record import committed
from site_sample import Sample, Site

ADDRESS = "https://guide.example.org/sub/"
ATOM = "{http://www.w3.org/2005/Atom}"
LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    sample = Sample.create(tmp_path_factory.mktemp("programs"))
    ways = [{"scenario": "uv"}, {"scenario": "pip"}]
    of = {"b1": ways[:1], "b2": ways[1:]}
    rest = {f"b{index}": ways for index in range(10) if f"b{index}" not in of}
    sample.keep(sample.record(**of, **rest))
    return sample


@pytest.fixture(scope="module")
def decorated(sample: Sample) -> Site:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SITE_URL", ADDRESS)
        return sample.build()


def read(site: Site, name: str) -> str:
    return (site.path / name).read_text(encoding="utf-8")


def test_a_page_has_a_twin_in_markdown_that_its_head_names(decorated: Site) -> None:
    page = decorated.page("pip/install")
    (link,) = page.select("link[type='text/markdown']")
    assert urljoin(f"{ADDRESS}pip/install/", str(link["href"])) == f"{ADDRESS}pip/install.md"
    front, text = read(decorated, "pip/install.md").removeprefix("---\n").split("---\n", 1)
    about = yaml.safe_load(front)
    assert about["title"] == "Install a package and look at it"
    assert about["address"] == f"{ADDRESS}pip/install/"
    assert about["proof"].startswith("8 of 10 blocks ran")
    assert "uv 0.13.9" in about["tools"]
    assert text.count("\n# ") == 1


def test_a_twin_has_every_block_with_what_became_of_it(decorated: Site) -> None:
    text = read(decorated, "pip/install.md")
    block = r"^ *```(\S+)[^\n]*\n(.*?)^ *```\n *<!-- block (\d+): ([^\n]*) -->$"
    blocks = re.findall(block, text, re.MULTILINE | re.DOTALL)
    shown = decorated.blocks("pip/install")
    assert [(language, code.strip()) for language, code, _, _ in blocks] == [
        (block.language, block.text.strip()) for block in shown
    ]
    assert [number for _, _, number, _ in blocks] == [str(number) for number in range(1, len(shown) + 1)]
    assert blocks[1][3] == "ran, output compared"
    assert blocks[3][3] == "not run: needs Windows"


def test_a_twin_has_nothing_of_the_site_s_own_notation(site: Path) -> None:
    notation = re.compile(r'^ *(?:=== "|\?\?\?|!!! |--8<--|</?div|<section|<svg)|data-show|data-record', re.MULTILINE)
    twins = sorted(site.rglob("*.md"))
    assert len(twins) == len(list((ROOT / "docs").rglob("*.md")))
    for path in twins:
        prose = re.sub(r"^( *)```.*?^\1```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        assert not notation.search(prose), path


def test_links_between_twins_lead_somewhere(site: Path) -> None:
    counted, dead = 0, []
    for path in site.rglob("*.md"):
        text = re.sub(r"^( *)```.*?^\1```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        for address in LINK.findall(re.sub(r"`[^`\n]*`", "", text)):
            if "://" in address or address.startswith(("#", "mailto:")):
                continue
            counted += 1
            target = (path.parent / address.partition("#")[0]).resolve()
            if not target.exists():
                dead.append(f"{path.relative_to(site)}: {address}")
    assert counted > 1000
    assert dead == []


def test_what_the_record_says_is_in_the_twin_too(site: Path) -> None:
    text = (site / "tasks" / "compare.md").read_text(encoding="utf-8")
    # not verified: a page was edited, and its record isn't renewed yet
    answer = r"\[(yes|not verified)\]\(lock-install\.md#lock-uv\) \|"
    row = rf"^\| \[Lock the project\]\(lock-install\.md#lock-the-project\) \| {answer}"
    assert re.search(row, text, re.MULTILINE)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a  <b>b</b>\n c</p><p>d</p>", "a **b** c\n\nd"),
        ('<ul><li><a href="x.md"><code>x</code></a> y</li><li>z</li></ul>', "- [`x`](x.md) y\n- z"),
        (
            "<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>1</td><td></td></tr></tbody></table>",
            "| A | B |\n| --- | --- |\n| 1 | |",
        ),
        ("<table><tbody><tr><th>A</th><td>1</td></tr></tbody></table>", "| A | 1 |\n| --- | --- |"),
        ('<a href="x"><span aria-hidden="true">✓</span> yes</a>', "[yes](x)"),
        ('<svg role="img" aria-label="uv is first"><text>uv</text></svg><h3>Next</h3>', "uv is first\n\n### Next"),
    ],
)
def test_html_of_the_record_becomes_markdown(html: str, text: str) -> None:
    assert flat(html) == text


def test_a_source_with_other_blocks_than_its_page_stops_the_build(sample: Sample, tmp_path: Path) -> None:
    hidden = sample.copy(tmp_path)
    hook = tmp_path / "changes.py"
    hook.write_text(
        "def on_page_content(html, page, config, files):\n"
        "    page.markdown = page.markdown.replace('httpx', 'httpz')\n    return html\n"
    )
    with pytest.raises(AssertionError, match=r"docs/index\.md: block 1 isn't the one in the page's source"):
        hidden.build(before=str(hook))


def test_llms_txt_lists_every_page_by_area_with_what_it_answers(decorated: Site) -> None:
    text = read(decorated, "llms.txt")
    assert text.startswith("# Packaging Patterns\n\n> ")
    assert re.findall("^## (.*)$", text, re.MULTILINE) == ["Start", "pip"]
    assert "](https://guide.example.org/sub/status.md)" in text
    description = "Install a package, see what came with it and undo it."
    assert f"\n- [Install a package and look at it]({ADDRESS}pip/install.md): {description}\n" in text
    for address in re.findall(r"^- \[.*?\]\((.*?)\)", text, re.MULTILINE):
        assert (decorated.path / address.removeprefix(ADDRESS)).is_file()
    whole = read(decorated, "llms-full.txt")
    assert "<!-- file: pip/install.md -->" in whole and read(decorated, "pip/install.md") in whole


def test_a_page_leads_to_its_files(decorated: Site) -> None:
    links = decorated.page("pip/install").select(".page-files a")
    assert [(link.get_text(), str(link["href"])) for link in links] == [
        ("Markdown", "../install.md"),
        ("uv", "../install.uv.sh"),
        ("pip", "../install.pip.sh"),
    ]
    assert [str(link["href"]) for link in decorated.page("how").select(".page-files a")] == ["../how.md"]


def test_a_script_has_what_one_way_through_the_page_typed_and_wrote(decorated: Site) -> None:
    uv, pip = read(decorated, "pip/install.uv.sh"), read(decorated, "pip/install.pip.sh")
    assert uv.startswith("#!/usr/bin/env bash\n# Install a package and look at it, with uv\n")
    assert "\nuv venv --quiet\nuv pip install \\\n  httpx\n" in uv
    assert "source .venv/bin/activate" in pip and "source .venv/bin/activate" not in uv
    assert "cat >\"$HOME/project\"/pyproject.toml <<'END'\n[project]\n" in uv
    assert "\npatch -p1 -d \"$HOME/project\" <<'END'\n--- a/pyproject.toml\n" in uv
    assert "# block 4\n# not run: needs Windows\n" in uv
    assert f"curl -fsSL {ADDRESS}recipes/service.tar | tar -xf -\n" in uv
    assert "set +e\ngrep -c pydantc pyproject.toml\nmust 1\n" in uv


def test_the_scripts_of_all_pages_are_shell(site: Path) -> None:
    scripts = sorted(site.rglob("*.sh"))
    assert scripts or not list((ROOT / "tests" / "record").rglob("*.md.json"))
    wrong = [
        str(path.relative_to(site))
        for path in scripts
        if subprocess.run(["bash", "-n", str(path)], capture_output=True).returncode
    ]
    assert wrong == []


def test_a_script_runs_from_its_beginning_to_its_end(checkout: Checkout, site: Path) -> None:
    """In a sandbox, with the PyPI of its page: it writes files, and has a command that fails as on the page."""
    text = (site / "security" / "licences.sh").read_text(encoding="utf-8")
    assert "cat >" in text and "\nmust 1\n" in text
    script = f'``` {{.bash title="page.sh"}}\n{text}```\n\n'
    run = "``` console\n$ bash page.sh >log 2>&1\n$ tail -n 1 log\nWhat it made is in /tmp/[...]\n```\n"
    checkout.page("script", f"# Script\n\n{script}{run}")
    ran = checkout.run()
    assert checkout.outcomes("script") == ["written", "compared"], ran.output


def test_what_is_published_of_the_record_is_as_the_schema_says(decorated: Site) -> None:
    schema = json.loads(read(decorated, "assets/verification.schema.json"))
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    published = json.loads(read(decorated, "verification.json"))
    assert list(validator.iter_errors(published)) == []
    published["blocks"][0]["outcome"] = "fine"
    assert len(list(validator.iter_errors(published))) == 1
    if own := committed(ROOT):
        assert list(validator.iter_errors(dict(own.data))) == []


def test_the_status_page_has_a_matrix_of_systems_and_pythons(decorated: Site) -> None:
    table = decorated.page("status").select_one(".record .numbers table")
    assert table is not None
    head = [cell.get_text() for cell in table.select("thead th")]
    rows = {row.td.get_text(): [cell.get_text() for cell in row.select("td")] for row in table.select("tbody tr")}  # type: ignore[union-attr]
    assert rows["Install a package and look at it"][head.index("Linux 3.13")] == "✓ 9"


def test_the_status_page_tells_the_moves_of_the_date(decorated: Site) -> None:
    page = decorated.page("status")
    moves = json.loads((ROOT / "docs" / "assets" / "moves.json").read_text(encoding="utf-8"))
    titles = [title.get_text() for title in page.select(".record h3") if title.get_text().startswith("PyPI as of")]
    assert len(titles) == len(moves)
    assert titles[-1] == "PyPI as of 20 November 2026, since 22 November 2026"


def test_the_feed_is_atom(decorated: Site) -> None:
    (link,) = decorated.page("pip/install").select("link[type='application/atom+xml']")
    assert urljoin(f"{ADDRESS}pip/install/", str(link["href"])) == f"{ADDRESS}feed.xml"
    feed = ElementTree.fromstring(read(decorated, "feed.xml"))
    assert feed.tag == f"{ATOM}feed"
    one = ["id", "title", "updated"]
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        for name in one:
            assert [child.text for child in element.findall(f"{ATOM}{name}") if child.text], name
        dt.datetime.fromisoformat(str(element.findtext(f"{ATOM}updated")))
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    names = [str(entry.findtext(f"{ATOM}id")) for entry in feed.findall(f"{ATOM}entry")]
    assert len(names) == len(set(names)) and all(name.startswith(ADDRESS) for name in names)
    times = [str(entry.findtext(f"{ATOM}updated")) for entry in feed.findall(f"{ATOM}entry")]
    assert times == sorted(times, reverse=True) and feed.findtext(f"{ATOM}updated") == times[0]
    titles = [str(entry.findtext(f"{ATOM}title")) for entry in feed.findall(f"{ATOM}entry")]
    assert "3 pages ran on 22 November 2026" in titles


def test_a_site_without_an_address_has_no_feed(sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SITE_URL", raising=False)
    site = sample.copy(tmp_path).build()
    assert not (site.path / "feed.xml").exists()
    assert not site.page("pip/install").select("link[type='application/atom+xml']")
    assert "- [Install a package and look at it](pip/install.md)" in read(site, "llms.txt")
