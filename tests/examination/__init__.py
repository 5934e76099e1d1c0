"""The examination of ``keeper ask``: sixty questions of a stranger over a record of three weeks.

A seeded record is written with the product's own writers, sixty questions (half of them English, half
Vietnamese) are put to the real command, and each answer is held against what plain Python over
plain SQL finds in the same database. Nothing here imports what the product answers with. The
questions were written before their author had seen how answers come about. What they showed to be
missing has since been built, so the share right is no estimate for questions nobody has seen.

``python -m tests.examination [--json] [--seed N]`` prints the share that was right.
"""
