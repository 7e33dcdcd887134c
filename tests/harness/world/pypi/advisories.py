"""Known vulnerabilities: identifiers, aliases, affected versions and days of 61 records, and none of their texts.

They are from the Python Packaging Advisory Database (https://github.com/pypa/advisory-database, CC-BY 4.0) as it was in
October 2024, for fourteen packages. What was found since, or in other packages, isn't known here, and the GHSA and CVE
records that OSV has beside those of this database are only named, as aliases.

PyPI's JSON API shows them as https://github.com/pypi/warehouse has it (warehouse/legacy/api/json.py at 6b62157), OSV as
https://ossf.github.io/osv-schema/ has it. In both the texts are null or missing, and OSV's ``modified`` is the day of
publication.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable
from typing import Any, NamedTuple

from packaging.version import InvalidVersion, Version

ECOSYSTEM = "PyPI"
PAGE = "https://osv.dev/vulnerability/"
# package, identifier, day of publication, affected versions (first..fixed, the fixed one no longer), aliases
RECORDS = """\
aiohttp PYSEC-2021-76 2021-02-26 0..3.7.4 CVE-2021-21330,GHSA-v6wp-4m6f-gcjg
aiohttp PYSEC-2023-120 2023-07-20 0..3.8.5 GHSA-45c4-8wx5-qw6w,CVE-2023-37276
aiohttp PYSEC-2023-246 2023-11-14 0..3.8.6 CVE-2023-47627,GHSA-gfw2-4jvh-wgfg
aiohttp PYSEC-2023-247 2023-11-14 0..3.8.0 CVE-2023-47641,GHSA-xx9p-xxvh-7g8j
aiohttp PYSEC-2023-250 2023-11-30 0..3.9.0 CVE-2023-49081,GHSA-q3qx-c6g2-7pw2
aiohttp PYSEC-2023-251 2023-11-29 0..3.9.0 CVE-2023-49082,GHSA-qvrw-v9rv-5rjx
aiohttp PYSEC-2024-24 2024-01-29 1.0.5..3.9.2 CVE-2024-23334,GHSA-5h86-8mv2-jq9f
aiohttp PYSEC-2024-26 2024-01-29 0..3.9.2 CVE-2024-23829,GHSA-8qpw-xqxj-h4r2
black PYSEC-2024-48 2024-03-19 0..24.3.0 CVE-2024-21503
certifi PYSEC-2022-42986 2022-12-07 2017.11.5..2022.12.7 CVE-2022-23491,GHSA-43fp-rhv2-5gv8
certifi PYSEC-2023-135 2023-08-03 2015.4.28..2023.7.22 CVE-2023-37920,GHSA-xqr8-7jwr-rhp7
flask PYSEC-2018-66 2018-08-20 0..0.12.3 CVE-2018-1000656,GHSA-562c-5r94-xh97
flask PYSEC-2019-179 2019-07-17 0..1.0 CVE-2019-1010083,GHSA-5wv5-4vpf-pj6m
flask PYSEC-2023-62 2023-05-02 0..2.2.5,2.3.0..2.3.2 CVE-2023-30861,GHSA-m2qf-hxjv-5gpq
idna PYSEC-2024-60 2024-07-07 0.1..3.7 CVE-2024-3651
jinja2 PYSEC-2014-8 2014-05-19 0..2.7.2 CVE-2014-1402,GHSA-8r7q-cvjq-x353
jinja2 PYSEC-2014-82 2014-05-19 0..2.7.3 CVE-2014-0012
jinja2 PYSEC-2019-217 2019-04-07 0..2.10.1 CVE-2019-10906,GHSA-462w-v97r-4m45
jinja2 PYSEC-2019-220 2019-04-08 0..2.8.1 CVE-2016-10745,GHSA-hj2j-77xm-mc5v
jinja2 PYSEC-2021-66 2021-02-01 0..2.11.3 CVE-2020-28493,SNYK-PYTHON-JINJA2-1012994,GHSA-g3rq-g295-4j3m
pip PYSEC-2013-8 2013-08-06 0..1.3 CVE-2013-1629,GHSA-g3p5-fjj9-h8gj
pip PYSEC-2013-9 2013-08-17 0..1.3 CVE-2013-1888,GHSA-4gv5-qhvr-36vv
pip PYSEC-2014-11 2014-11-24 1.3..6.0 CVE-2014-8991
pip PYSEC-2019-160 2019-11-05 0..1.5 CVE-2013-5123,GHSA-c5h8-cq4v-cvfm
pip PYSEC-2020-173 2020-09-04 0..19.2 CVE-2019-20916,GHSA-gpvv-69j7-gwj8
pip PYSEC-2021-437 2021-11-10 0..21.1 CVE-2021-3572,GHSA-5xp3-jfq3-5q8x
pip PYSEC-2023-228 2023-10-25 0..23.3 CVE-2023-5752
pyyaml PYSEC-2018-49 2018-06-27 0..5.1 CVE-2017-18342,GHSA-rprw-h62v-c2w7
pyyaml PYSEC-2020-176 2020-02-19 5.1..5.2b1 CVE-2019-20477,GHSA-3pqx-4fqf-j49f
pyyaml PYSEC-2020-96 2020-03-24 5.1..5.3.1 CVE-2020-1747,GHSA-6757-jp84-gxfx
pyyaml PYSEC-2021-142 2021-02-09 0..5.4 CVE-2020-14343,GHSA-8q59-q68h-6hv4
requests PYSEC-2014-13 2014-10-15 0..2.3.0 CVE-2014-1829,GHSA-cfj3-7x9c-4p3h
requests PYSEC-2014-14 2014-10-15 0..2.3.0 CVE-2014-1830,GHSA-652x-xj99-gmcc
requests PYSEC-2015-17 2015-03-18 2.1.0..2.6.0 CVE-2015-2296
requests PYSEC-2018-28 2018-10-09 0..2.20.0 CVE-2018-18074,GHSA-x84v-xcm2-53pg
requests PYSEC-2023-74 2023-05-26 2.3.0..2.31.0 CVE-2023-32681,GHSA-j8r2-6x86-q33q
setuptools PYSEC-2013-22 2013-08-06 0..0.7 CVE-2013-1633
setuptools PYSEC-2022-43012 2022-12-23 0..65.5.1 CVE-2022-40897
sqlalchemy PYSEC-2012-9 2012-06-05 0..0.7.0 CVE-2012-0805
sqlalchemy PYSEC-2019-123 2019-02-20 0..1.2.18 CVE-2019-7164,GHSA-887w-45rq-vxgf
sqlalchemy PYSEC-2019-124 2019-02-06 0..1.2.18 CVE-2019-7548,GHSA-38fc-9xqv-7f7q
starlette PYSEC-2023-48 2023-04-21 0..0.25.0 CVE-2023-30798,GHSA-74m5-2c7w-9w3x
starlette PYSEC-2023-83 2023-06-01 0.13.5..0.27.0 CVE-2023-29159,GHSA-v5gw-mw7f-84px
urllib3 PYSEC-2017-98 2017-01-11 1.17..1.18.1 CVE-2016-9015
urllib3 PYSEC-2018-32 2018-12-11 0..1.23 CVE-2018-20060,GHSA-www2-v7xj-xrc6
urllib3 PYSEC-2019-132 2019-04-15 0..1.24.3 CVE-2019-11236,GHSA-r64q-w8jr-g9qp
urllib3 PYSEC-2019-133 2019-04-18 0..1.24.2 CVE-2019-11324,GHSA-mh33-7rrq-662w
urllib3 PYSEC-2020-148 2020-09-30 0..1.25.9 CVE-2020-26137,GHSA-wqvq-5m8c-6g24
urllib3 PYSEC-2020-149 2020-03-06 1.25.2..1.25.8 CVE-2020-7212,GHSA-hmv2-79q8-fv6g
urllib3 PYSEC-2021-108 2021-06-29 0..1.26.5 CVE-2021-33503,GHSA-q2q7-5pp4-w6pg
urllib3 PYSEC-2021-59 2021-03-15 1.26.0..1.26.4 CVE-2021-28363,GHSA-5phf-pp7p-vc2r
urllib3 PYSEC-2023-192 2023-10-04 2.0.0..2.0.6,0..1.26.17 CVE-2023-43804,GHSA-v845-jxx5-vc9f
urllib3 PYSEC-2023-207 2023-10-15 0..1.24.2 CVE-2018-25091
urllib3 PYSEC-2023-212 2023-10-17 2.0.0..2.0.7,0..1.26.18 CVE-2023-45803,GHSA-g4mx-q9vg-27p4
werkzeug PYSEC-2017-43 2017-10-23 0..0.11.11 CVE-2016-10516,GHSA-h2fp-xgx6-xh6f
werkzeug PYSEC-2019-140 2019-08-09 0..0.15.3 CVE-2019-14806,GHSA-gq9m-qvpx-68hc
werkzeug PYSEC-2020-157 2020-11-18 0..0.11.6 CVE-2020-28724,GHSA-3p3h-qghp-hvh2
werkzeug PYSEC-2022-203 2022-05-25 0..2.1.1 CVE-2022-29361
werkzeug PYSEC-2023-221 2023-10-25 0..2.3.8,3.0.0..3.0.1 CVE-2023-46136,GHSA-hrfv-mqp8-q5rw
werkzeug PYSEC-2023-57 2023-02-14 0..2.2.3 CVE-2023-23934,GHSA-px8h-6qxv-m22q
werkzeug PYSEC-2023-58 2023-02-14 0..2.2.3 CVE-2023-25577,GHSA-xg9f-g7g7-2323
"""


class Advisory(NamedTuple):
    """One record; ``affected`` has the first affected version of each range and the one that fixes it."""

    package: str
    id: str
    published: dt.date
    affected: tuple[tuple[str, str], ...]
    aliases: tuple[str, ...]

    def affects(self, version: str) -> bool:
        """Whether ``version`` is affected; one that isn't a version (PEP 440) never is."""
        try:
            number = Version(version)
        except InvalidVersion:
            return False
        return any(Version(first) <= number < Version(fixed) for first, fixed in self.affected)

    def pypi(self) -> dict[str, Any]:
        """An entry of ``vulnerabilities`` in PyPI's JSON API."""
        return {
            "id": self.id,
            "source": "osv",
            "link": PAGE + self.id,
            "aliases": list(self.aliases),
            "details": None,
            "summary": None,
            "fixed_in": [fixed for _, fixed in self.affected],
            "withdrawn": None,
        }

    def osv(self) -> dict[str, Any]:
        """A record of OSV's schema."""
        events = [event for first, fixed in self.affected for event in ({"introduced": first}, {"fixed": fixed})]
        package = {"name": self.package, "ecosystem": ECOSYSTEM, "purl": f"pkg:pypi/{self.package}"}
        return {
            "id": self.id,
            "aliases": list(self.aliases),
            "modified": self._moment,
            "published": self._moment,
            "affected": [{"package": package, "ranges": [{"type": "ECOSYSTEM", "events": events}]}],
            "schema_version": "1.7.0",
        }

    def brief(self) -> dict[str, str]:
        """What OSV says of a record in an answer to many queries."""
        return {"id": self.id, "modified": self._moment}

    @property
    def _moment(self) -> str:
        return f"{self.published}T00:00:00Z"


@functools.cache
def advisories() -> tuple[Advisory, ...]:
    return tuple(_read(RECORDS.splitlines()))


def known(day: dt.date) -> list[Advisory]:
    """What was published before ``day``."""
    return [one for one in advisories() if one.published < day]


def of(package: str, version: str, day: dt.date) -> list[Advisory]:
    """What was known before ``day`` of a version of ``package``, whose name is normalised (PEP 503)."""
    return [one for one in known(day) if one.package == package and one.affects(version)]


def _read(lines: Iterable[str]) -> Iterable[Advisory]:
    for line in lines:
        package, name, day, ranges, aliases = line.split()
        affected = tuple((first, fixed) for first, _, fixed in (part.partition("..") for part in ranges.split(",")))
        yield Advisory(package, name, dt.date.fromisoformat(day), affected, tuple(aliases.split(",")))
