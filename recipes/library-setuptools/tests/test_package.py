from importlib.metadata import version

import currency_digits


def test_the_version_is_that_of_the_installed_package() -> None:
    assert currency_digits.__version__ == version("currency-digits")
