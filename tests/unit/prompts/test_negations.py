"""What a question denies or leaves out is heeded or refused; it is never read as the opposite."""

from __future__ import annotations

import pytest

from tests.examination.third.reading import read_query
from tools.domain.errors import NotInRecord


@pytest.mark.parametrize(
    ("denied", "plain"),
    [
        ("bao nhiêu lệnh không thắng", "bao nhiêu lệnh thắng"),
        ("bao nhiêu lệnh chưa chốt lời", "bao nhiêu lệnh chốt lời"),
        ("bao nhiêu lệnh mà không dính stop", "bao nhiêu lệnh dính stop"),
        ("lợi nhuận không tính btc", "lợi nhuận btc"),
        ("loi nhuan khong tinh btc", "loi nhuan btc"),
        ("phí của các coin khác btc", "phí của btc"),
        ("how many trades weren't winners", "how many trades were winners"),
        ("win rate without btc", "win rate of btc"),
    ],
)
def test_a_negative_is_never_read_as_its_positive(denied: str, plain: str) -> None:
    positive = read_query(plain)
    try:
        assert read_query(denied) != positive
    except NotInRecord:
        return


def test_what_ends_a_vietnamese_question_denies_nothing() -> None:
    assert read_query("hôm qua có lệnh nào thắng không vậy").won is True
