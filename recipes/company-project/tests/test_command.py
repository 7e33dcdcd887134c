import pytest

from acme_report.command import main


@pytest.mark.parametrize(("last", "printed"), [("2026-12-31", "22 working days\n"), ("2026-12-01", "1 working day\n")])
def test_it_prints_the_number(last: str, printed: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["2026-12-01", last])
    assert capsys.readouterr().out == printed


@pytest.mark.parametrize(
    ("days", "message"),
    [
        (["2026-12-01", "tomorrow"], "argument last: invalid day value: 'tomorrow'"),
        (["2026-12-02", "2026-12-01"], "2026-12-01 is before 2026-12-02"),
    ],
)
def test_days_that_make_no_span_end_with_status_2(
    days: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(days)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err
