"""The index pages, files and metadata that a sandbox sees of PyPI."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from harness.world.world import World
from packaging.metadata import parse_email
from world_support import AFTER, DATE, JSON, Index, client, served, wheel, world


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Index, World]]:
    """One index and one world; every test has a project of its own on them."""
    with served(Index()) as index, world(tmp_path_factory.mktemp("cache"), index.address) as running:
        yield index, running


@pytest.fixture
def six(shared: tuple[Index, World]) -> str:
    """A project's name that no other test uses."""
    return f"six{len(shared[0].files)}"


@pytest.fixture
def index(shared: tuple[Index, World]) -> Index:
    shared[0].json = shared[0].api = shared[0].dated = shared[0].ranges = True
    return shared[0]


@pytest.fixture
def web(shared: tuple[Index, World]) -> Iterator[httpx.Client]:
    link = shared[1].open("page")
    with client(link) as inside:
        pypi, files = shared[1].hosts[:2]
        inside.base_url = httpx.URL(f"https://{pypi}")
        inside.headers["x-files"] = files  # a place to keep the file host's name for the tests
        yield inside
    link.close()


def at(web: httpx.Client, path: str) -> str:
    return f"https://{web.headers['x-files']}{path}"


def page(web: httpx.Client, name: str) -> dict[str, object]:
    answer = web.get(f"/simple/{name}/", headers={"accept": JSON})
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


def names(web: httpx.Client, name: str) -> list[str]:
    return [file["filename"] for file in page(web, name)["files"]]  # type: ignore[attr-defined]


def test_a_json_page_tells_all_that_installers_ask_for(index: Index, web: httpx.Client, six: str) -> None:
    upload = index.add(six, "1.0")
    assert page(web, six) == {
        "meta": {"api-version": "1.1"},
        "name": six,
        "versions": ["1.0"],
        "files": [
            {
                "filename": f"{six}-1.0-py3-none-any.whl",
                "url": at(web, upload.path),
                "hashes": {"sha256": upload.sha256},
                "requires-python": None,
                "yanked": False,
                "size": len(upload.body),
                "upload-time": upload.uploaded,
                "core-metadata": True,
                "data-dist-info-metadata": True,
            }
        ],
    }


def test_an_html_page_has_hashes_metadata_and_yanks(index: Index, web: httpx.Client, six: str) -> None:
    index.add(six, "1.0").yanked = "broken <b>"
    answer = web.get(f"/simple/{six}/")
    assert answer.headers["content-type"] == "text/html"
    assert f'href="{at(web, index.files[six][0].path)}#sha256={index.files[six][0].sha256}"' in answer.text
    assert 'data-core-metadata="true"' in answer.text
    assert 'data-yanked="broken &lt;b&gt;"' in answer.text


def test_a_form_that_does_not_exist_is_not_acceptable(index: Index, web: httpx.Client, six: str) -> None:
    index.add(six, "1.0")
    assert web.get(f"/simple/{six}/", headers={"accept": "image/png"}).status_code == 406


@pytest.mark.parametrize("path", ["/simple/Flask-Login/", "/simple/flask_login", "/simple/flask-login"])
def test_a_name_leads_to_its_normal_form(path: str, web: httpx.Client) -> None:
    answer = web.get(path)
    assert (answer.status_code, answer.headers["location"]) == (301, "/simple/flask-login/")


def test_files_uploaded_on_the_date_or_later_do_not_exist_yet(index: Index, web: httpx.Client, six: str) -> None:
    index.add(six, "1.0")
    later = index.add(six, "2.0", uploaded=AFTER)
    assert names(web, six) == [f"{six}-1.0-py3-none-any.whl"]
    assert page(web, six)["versions"] == ["1.0"]
    assert web.get(f"/pypi/{six}/json").json()["info"]["version"] == "1.0"
    assert web.get(f"/pypi/{six}/2.0/json").status_code == 404
    answer = web.get(at(web, later.path))
    assert answer.status_code == 404
    assert "and PyPI is seen as of 2026-01-15" in answer.text


def test_a_project_without_files_before_the_date_is_unknown(index: Index, web: httpx.Client, six: str) -> None:
    index.add(six, "1.0", uploaded=AFTER)
    assert web.get(f"/simple/{six}/").status_code == 404
    assert web.get(f"/pypi/{six}/json").status_code == 404


def test_unknown_projects_and_files_are_not_found(index: Index, web: httpx.Client, six: str) -> None:
    index.add(six, "1.0")
    missing = "/packages/00/00/" + "0" * 60 + f"/{six}-9.9.tar.gz"
    assert web.get("/simple/nothing/").status_code == 404
    assert web.get("/pypi/nothing/json").json() == {"message": "Not Found"}
    assert web.get(at(web, missing)).status_code == 404


@pytest.mark.parametrize("dated", [True, False])
def test_a_mirror_of_html_pages_is_completed_from_the_project_json(
    index: Index, web: httpx.Client, six: str, dated: bool
) -> None:
    index.json, index.dated = not dated, False
    upload = index.add(six, "1.0")
    index.add(six, "2.0", uploaded=AFTER)
    file = page(web, six)["files"][0]  # type: ignore[index]
    assert names(web, six) == [f"{six}-1.0-py3-none-any.whl"]
    assert (file["size"], file["upload-time"]) == (len(upload.body), upload.uploaded)
    assert web.get(file["url"]).content == upload.body


def test_a_mirror_without_upload_times_is_an_error_that_says_so(index: Index, web: httpx.Client, six: str) -> None:
    index.json = index.api = False
    index.add(six, "1.0")
    answer = web.get(f"/simple/{six}/")
    assert answer.status_code == 504
    assert f"no upload times for {six}" in answer.text


def test_metadata_comes_from_upstream_where_it_has_it(index: Index, web: httpx.Client, six: str) -> None:
    upload = index.add(six, "1.0")
    index.metadata[upload.filename] = f"Metadata-Version: 2.1\nName: {six}\nVersion: 1.0\n".encode()
    assert web.get(at(web, upload.path) + ".metadata").content == index.metadata[upload.filename]
    assert index.asked[upload.path] == 0


def test_metadata_comes_out_of_the_wheel_where_upstream_has_none(index: Index, web: httpx.Client, six: str) -> None:
    upload = index.add(six, "1.0", requires="idna>=3")
    answer = web.get(at(web, upload.path) + ".metadata")
    assert parse_email(answer.content)[0]["requires_dist"] == ["idna>=3"]


@pytest.mark.parametrize("last", [True, False])
def test_metadata_of_a_large_wheel_comes_without_it(index: Index, web: httpx.Client, six: str, last: bool) -> None:
    upload = index.add(six, "1.0", requires="idna>=3", padding=6_000_000, last=last)
    answer = web.get(at(web, upload.path) + ".metadata")
    assert parse_email(answer.content)[0]["requires_dist"] == ["idna>=3"]
    assert 0 < index.sent[upload.filename] < 1_000_000
    assert web.get(at(web, upload.path)).content == upload.body


def test_a_large_wheel_is_fetched_whole_where_upstream_has_no_parts(index: Index, web: httpx.Client, six: str) -> None:
    index.ranges = False
    upload = index.add(six, "1.0", requires="idna>=3", padding=6_000_000)
    answer = web.get(at(web, upload.path) + ".metadata")
    assert parse_email(answer.content)[0]["requires_dist"] == ["idna>=3"]


def test_metadata_in_parts_of_something_else_is_not_taken(index: Index, web: httpx.Client, six: str) -> None:
    upload = index.add(six, "1.0", padding=6_000_000)
    other = wheel("x" * len(six), "1.0", padding=6_000_000)
    assert len(other) == len(upload.body)
    index.lies[upload.filename], upload.body = upload.sha256, other
    answer = web.get(at(web, upload.path) + ".metadata")
    assert answer.status_code == 504
    assert "came with SHA-256" in answer.text


def test_a_wheel_without_metadata_has_none(index: Index, web: httpx.Client, six: str) -> None:
    upload = index.add(six, "1.0", metadata=False)
    assert web.get(at(web, upload.path) + ".metadata").status_code == 404


def test_the_version_json_is_made_of_metadata_and_files(index: Index, web: httpx.Client, six: str) -> None:
    upload = index.add(six, "1.0", requires="idna>=3")
    index.add(six, "2.0")
    document = web.get(f"/pypi/{six}/1.0/json").json()
    assert document["info"]["requires_dist"] == ["idna>=3"]
    assert (document["info"]["name"], document["info"]["version"]) == (six, "1.0")
    assert [entry["digests"]["sha256"] for entry in document["urls"]] == [upload.sha256]
    assert document["urls"][0]["digests"]["blake2b_256"] == hashlib.blake2b(upload.body, digest_size=32).hexdigest()
    assert list(web.get(f"/pypi/{six}/json").json()["releases"]) == ["1.0", "2.0"]


def test_a_head_request_tells_the_true_length_without_fetching(index: Index, web: httpx.Client, six: str) -> None:
    upload = index.add(six, "1.0")
    answer = web.head(at(web, upload.path))
    assert int(answer.headers["content-length"]) == len(upload.body)
    assert index.asked[upload.path] == 0


def test_ranges_are_served_before_and_after_the_file_is_recorded(index: Index, web: httpx.Client, six: str) -> None:
    upload = index.add(six, "1.0")
    for _ in range(2):
        answer = web.get(at(web, upload.path), headers={"range": "bytes=-22"})
        assert (answer.status_code, answer.content) == (206, upload.body[-22:])
        assert (
            answer.headers["content-range"]
            == f"bytes {len(upload.body) - 22}-{len(upload.body) - 1}/{len(upload.body)}"
        )


def test_a_page_that_the_client_has_is_not_sent_again(index: Index, web: httpx.Client, six: str) -> None:
    index.add(six, "1.0")
    tag = web.get(f"/simple/{six}/").headers["etag"]
    assert web.get(f"/simple/{six}/", headers={"if-none-match": tag}).status_code == 304


@pytest.mark.parametrize(("path", "reported"), [("/simple/", True), ("/search/?q=six", True), ("/six/json", False)])
def test_what_the_world_lacks_is_reported_and_what_pypi_lacks_is_not(
    shared: tuple[Index, World], path: str, reported: bool
) -> None:
    link = shared[1].open("page")
    with client(link) as inside:
        assert inside.get(f"https://{link.world.hosts[0]}{path}").status_code == 404
    assert [refusal.host for refusal in link.refusals()] == [link.world.hosts[0]] * reported
    link.close()


def test_a_page_of_no_index_is_not_recorded(index: Index, web: httpx.Client, six: str) -> None:
    index.json = False
    index.files[six] = []
    answer = web.get(f"/simple/{six}/")
    assert (answer.status_code, "is no index page" in answer.text) == (504, True)
    index.add(six, "1.0")
    assert web.get(f"/simple/{six}/").status_code == 200


def test_the_newest_final_release_that_is_not_yanked_is_the_latest(index: Index, web: httpx.Client, six: str) -> None:
    index.add(six, "1.9", "1.10", "2.0", "3.0rc1")
    index.files[six][2].yanked = "withdrawn"
    assert web.get(f"/pypi/{six}/json").json()["info"]["version"] == "1.10"


def test_a_date_that_moved_on_records_the_page_again(index: Index, tmp_path: Path) -> None:
    index.add("six", "1.0")
    today = dt.datetime.now(dt.UTC).date()
    for date, requests in ((DATE, 1), (today, 1), (today + dt.timedelta(days=1), 2)):
        with world(tmp_path, index.address, date=date) as running, client(running.open("page")) as inside:
            assert inside.get(f"https://{running.hosts[0]}/simple/six/").status_code == 200
        assert index.asked["/simple/six/"] == requests
