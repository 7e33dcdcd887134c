from importlib.metadata import version
from importlib.resources import files

import duration_text


def test_the_version_is_that_of_the_installed_distribution() -> None:
    assert duration_text.__version__ == version("duration-text")


def test_the_package_says_that_it_is_typed() -> None:
    assert files(duration_text).joinpath("py.typed").is_file()
