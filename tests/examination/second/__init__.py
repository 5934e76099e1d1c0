"""A second set of questions, of another stranger, over another record.

The record has other symbols, other days and another seed than the first set's, spans the end of a month,
and knows limits that cut and brains that vetoed. The questions are data (``questions.json``): each has the
SQL that answers it, which no code of the product has a part in, and what that SQL found when the
question was written, so that neither a question nor its answer can rot unnoticed.

``python -m tests.examination.second [--json] [FILE]`` prints the share that was right.
"""
