"""Multinomial logistic regression on soft targets, by L-BFGS."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]


def fit(
    rows: Any, targets: Floats, weights: Floats, penalty: NDArray[np.float32], *, steps: int = 160
) -> Floats:
    """Return the weights (features x 2): logits of negative and positive against neutral's 0.

    Least weighted cross-entropy plus half the sum of `penalty` (one per feature) times squared weights; the
    three classes are fitted symmetrically and neutral's are then taken off.
    """
    width = rows.shape[1]
    scaled = weights / weights.sum()
    across = rows.T.tocsr()

    def loss(flat: Floats) -> tuple[float, Floats]:
        w = flat.reshape(width, 3)
        logits = rows @ w.astype(np.float32)
        logits -= logits.max(1, keepdims=True)
        logs = logits - np.log(np.exp(logits).sum(1, keepdims=True))
        cost = -(scaled[:, None] * targets * logs).sum() + 0.5 * float((penalty[:, None] * w * w).sum())
        error = (scaled[:, None] * (np.exp(logs) - targets)).astype(np.float32)
        return float(cost), (across @ error + penalty[:, None] * w).astype(np.float64).ravel()

    start = np.zeros(width * 3)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": steps, "maxcor": 8})
    w = found.x.reshape(width, 3)
    return np.stack([w[:, 0] - w[:, 1], w[:, 2] - w[:, 1]], axis=1)
