"""Clauses and numbers that are put into plainer words before a question is read."""

import pytest

from prompts.reading.clauses import plainer
from prompts.reading.words import stem


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("trades over in less than a minute", "trades over in less than 1 minute"),
        ("lệnh giữ dưới một phút", "lệnh giữ dưới 1 phút"),
        ("lệnh giữ từ 2 đến 5 phút", "lệnh giữ between 2 and 5 phút"),
        ("held from 2 to 5 minutes", "held between 2 and 5 minutes"),
        ("from 2 to 5 october", "from 2 to 5 october"),
        ("entry orders (exits not counted)", "entry orders except exits"),
        ("neither stopped nor timed out", "not stopped and not timed out"),
    ],
)
def test_turns_of_phrase_are_put_into_plainer_words(said: str, plain: str) -> None:
    assert plainer(said).split() == plain.split()


def test_an_english_plural_with_a_hyphen_has_the_stem_of_its_singular() -> None:
    assert stem("stop-outs") == stem("stop-out")
