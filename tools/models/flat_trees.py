"""An ensemble of trees as flat arrays, walked in machine code: the library's answer without its overhead.

XGBoost takes some 190 µs to be asked about one row, nearly all of it before the first tree. Here every
tree is a stretch of one array of nodes, children side by side; a leaf is its own child, so that a walk has
the same number of steps for every row and no branch to guess. Sums are single precision in the order of
the trees, as the library's are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.market.kernel import kernel

NODE = np.dtype(
    [
        ("limit", np.float32),  # below it the walk goes to ``first``; of a leaf its value
        ("column", np.uint32),
        ("first", np.uint32),  # the other child stands behind it
        ("step", np.uint16),  # 0 for a leaf, which is not left
        ("empty", np.uint16),  # where an input that is not known leads: 0 to ``first``, 1 behind it
    ],
    align=True,
)
Singles = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class FlatTrees:
    """The nodes of all trees, shape (nodes,), where each begins, shape (trees,), and how deep they go."""

    nodes: NDArray[np.void]
    roots: NDArray[np.uint32]
    depth: int
    base: np.float32

    def margin(self, matrix: Singles) -> Singles:
        """Log-odds of each row, shape (n,)."""
        found = np.empty(len(matrix), np.float32)
        _walk(np.ascontiguousarray(matrix), self.nodes, self.roots, self.depth, self.base, found)
        return found


def flat_trees(trees: Sequence[Mapping[str, Any]], base_score: float) -> FlatTrees:
    """The trees of a model in XGBoost's JSON, their links checked before, on log-odds of ``base_score``.

    Raises:
        ValueError: A number is not finite.
    """
    sizes = [len(tree["left_children"]) for tree in trees]
    roots = np.concatenate(([0], np.cumsum(sizes)))[:-1].astype(np.uint32)
    nodes = np.zeros(sum(sizes), NODE)
    depth = 0
    for root, size, tree in zip(roots, sizes, trees, strict=True):
        depth = max(depth, _lay_out(nodes[root : root + size], int(root), tree))
    if not np.isfinite(nodes["limit"]).all():
        raise ValueError("a threshold or a leaf is not finite")
    odds = np.float32(1.0) / np.float32(base_score) - np.float32(1.0)  # single precision, as the library's
    return FlatTrees(nodes, roots, depth, np.float32(-math.log(odds)))


def _lay_out(nodes: NDArray[np.void], root: int, tree: Mapping[str, Any]) -> int:
    """Fill the stretch of one tree, level by level; returns the steps to its farthest leaf."""
    left, right, split = tree["left_children"], tree["right_children"], tree["split_conditions"]
    level, used, depth = [(0, 0)], 1, 0  # a node of the file, and where it stands here
    while level:
        following: list[tuple[int, int]] = []
        for there, here in level:
            is_leaf = left[there] == -1
            first = here if is_leaf else used
            column = 0 if is_leaf else tree["split_indices"][there]
            empty = 0 if tree["default_left"][there] else 1
            nodes[here] = (split[there], column, first + root, 0 if is_leaf else 1, empty)
            if not is_leaf:
                following += [(left[there], used), (right[there], used + 1)]
                used += 2
        depth += bool(following)
        level = following
    return depth


@kernel
def _walk(
    matrix: Singles,
    nodes: NDArray[np.void],
    roots: NDArray[np.uint32],
    depth: int,
    base: np.float32,
    out: Singles,
) -> None:
    n = roots.shape[0]
    at = np.empty(n, np.uint32)
    for row in range(matrix.shape[0]):
        for tree in range(n):
            at[tree] = roots[tree]
        for _ in range(depth):  # all trees a level at a time: no step waits for the one before it
            for tree in range(n):
                node = nodes[at[tree]]
                value = matrix[row, node.column]
                # not below, and either above or unknown where the unknown goes on: 1, else 0
                on = np.uint32(not value < node.limit) & (np.uint32(value >= node.limit) | node.empty)
                at[tree] = node.first + (on & node.step)
        total = base
        for tree in range(n):
            total += nodes[at[tree]].limit
        out[row] = total
