"""A model learned from signals followed on paper, set by round trips that were taken.

Follows are many and rank well; but nobody sells to them, so what they say of the level is not what trips
come to. Trips are few: they set what a score means and what wins and losses pay, and leave the trees alone.
"""

from __future__ import annotations

from dataclasses import replace

from tools.domain.errors import NotEnoughData
from tools.models.calibration import fit_platt
from tools.models.examples import Dataset
from tools.models.scoring import OutcomeModel, fit_bins, fit_payoffs

LEAST = 60  # examples
LEAST_CLASS = 20  # of wins and of losses: two numbers are fitted to them


def set_by(model: OutcomeModel, trips: Dataset) -> OutcomeModel:
    """The trees of ``model`` with the probabilities, payoffs and evidence of ``trips``, which they never saw.

    Raises:
        NotEnoughData: Fewer trips than two numbers can be fitted to.
        ValueError: The trips have other inputs.
    """
    if trips.names != model.names:
        raise ValueError(f"expected trips with inputs {', '.join(model.names)}")
    wins = int(trips.labels.sum())
    losses = len(trips) - wins
    if len(trips) < LEAST or min(wins, losses) < LEAST_CLASS:
        raise NotEnoughData(
            f"expected at least {LEAST} round trips with {LEAST_CLASS} of each class to set a model by, "
            f"found {len(trips)}: {wins} won, {losses} lost"
        )
    margins = model.trees.margin(trips.matrix)
    calibrator = fit_platt(margins, trips.labels, trips.weights)
    return replace(
        model,
        calibrator=calibrator,
        payoffs=fit_payoffs(trips.net_bps, trips.gain_bps, trips.loss_bps, trips.weights),
        bins=fit_bins(calibrator.apply(margins), trips.weights),
    )
