"""What speaks for and against a withdrawal being a spoof (decision 28); how much is in ``spoof_odds.py``."""

EVIDENCE = (
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
    "staged",  # log2 of the act's levels, placed and gone within a second, in those of this moment
    "hit",  # prints took from its own side just before
    "lifted",  # prints took from the other side just before
    "repeats",  # log1p of earlier acts of this side like it, each as likely as it was a spoof, fading
    "habit",  # log1p of all earlier acts of this side like it, fading
    "market",  # log-odds that this market has a spoofer, by what it showed before
    "usual_odds",  # the log-odds that nine in ten acts of this market do not exceed, of the act alone
)
N = len(EVIDENCE)
ALONE = EVIDENCE.index("repeats")  # evidence before it is of the act alone
