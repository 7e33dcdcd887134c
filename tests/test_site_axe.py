"""What axe-core finds on pages of each kind: nothing, in the light and in the dark, on a desk and on a phone.

Needs Chromium, its driver and npm; without them these tests are skipped, and the end of the run says so.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import axe
import chromium
import pytest
from chromium import wait

pytestmark = pytest.mark.skipif(bool(chromium.MISSING), reason=f"{chromium.MISSING} for the browser tests")

# home, an area, a page with tabs, one with shown blocks of others, a drawing, a matrix, the gallery, a recipe, prose,
# the record
PAGES = (
    "",
    "tasks/",
    "tasks/update/",
    "pdm/lock/",
    "dependencies/lock/",
    "tasks/compare/",
    "recipes/",
    "recipes/library/",
    "how/",
    "status/",
    "404.html",
)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Any, serve: Callable[[Path], str], site: Path, scheme: str, width: int) -> None:
    if not axe.source():
        pytest.skip("no npm that can fetch axe-core")
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    found = {}
    try:
        for page in PAGES:
            browser.get(serve(site) + page)
            wait(browser, "return document.readyState === 'complete' && document.body.dataset.mdColorScheme")
            if violations := axe.violations(browser):
                found[page] = violations
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert found == {}
