from click.testing import CliRunner

from tally_report.command import main


def test_the_most_frequent_words_come_first_and_equals_in_order() -> None:
    answer = CliRunner().invoke(main, ["--top", "2", "-"], input="b a c c b a c")
    assert (answer.exit_code, answer.output) == (0, "     3 c\n     2 a\n")


def test_a_senseless_number_of_words_is_a_usage_error() -> None:
    assert CliRunner().invoke(main, ["--top", "0", "-"], input="").exit_code == 2
