"""What the worker does. A job may run more than once, so it must do no harm when it is repeated."""

from urllib.error import HTTPError
from urllib.request import Request, urlopen

SECONDS = 30  # that a page may take


def check(url: str) -> int:
    """The status that the page answers with.

    A status such as 404 is an answer. Where there is none, ``URLError`` or another ``OSError`` is raised, and the
    queue tries the job again.
    """
    try:
        with urlopen(Request(url, method="HEAD"), timeout=SECONDS) as answer:
            status: int = answer.status
            return status
    except HTTPError as error:
        return error.code
