from importlib.metadata import version
from importlib.resources import files

import lantern_greeting


def test_the_version_is_that_of_the_installed_package() -> None:
    assert lantern_greeting.__version__ == version("lantern-greeting")


def test_the_package_says_that_it_is_typed() -> None:
    assert files(lantern_greeting).joinpath("py.typed").is_file()
