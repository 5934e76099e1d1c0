"""What speaks for and against a withdrawal being a spoof, and how much: the fit of decision 28.

``python -m benchmarks.detection.spoof_fit --json`` gives the numbers.
"""

EVIDENCE = (
    "one",
    "size",  # log2 of the largest level's value in usual ones
    "total",  # log2 of all levels' value in large ones
    "layers",  # log2 of the levels withdrawn together that were placed together
    "life",  # log of the lifetime, seconds
    "life_squared",
    "rarity",  # of so short a life among all orders, -log of the share
    "distance",  # log1p of the distance from the touch as it was placed, bps
    "approach",  # share of 5 bps by which the touch came closer since; negative: went away
    "mirror",  # a smaller order opposite, at the touch, came and went with it
    "mirror_filled",  # and was filled
    "balance",  # log2 of the largest level in what is largest opposite of what came and went with it
    "replaced",  # log1p of what the same message placed large on that side, in shares of the total
    "survival",  # -log of the chance that an order of such size and distance is withdrawn so soon
    "fill",  # log of the chance that one would have traded while it lived
    "repeats",  # log1p of earlier acts of this side like it, each as likely as it was a spoof, fading
    "habit",  # log1p of all earlier acts of this side like it, fading
    "market",  # log-odds that this market has a spoofer, by what it showed before
    "usual_odds",  # the log-odds that nine in ten acts of this market do not exceed, of the act alone
)
N = len(EVIDENCE)
ALONE = EVIDENCE.index("repeats")  # evidence before it is of the act alone

# of the act alone: by them earlier acts count
FIRST = (
    -12.263, 0.246, 1.809, 2.12, 2.219, -0.305, 1.426, -0.482, 0.02, 4.823, 0.18, 1.074, -1.184,
    0.764, 0.038,
)  # fmt: skip
# of all evidence
WEIGHTS = (
    -12.315, -0.309, 1.906, 1.359, 1.894, -0.284, 1.095, -0.338, 0.025, 4.657, 0.062, 1.005, -0.99,
    0.612, 0.039, 4.322, -0.965, 0.067, -0.387,
)  # fmt: skip
THRESHOLD = 0.9507
