"""The natural logarithm, to the same digit on every machine and on every path.

A processor's vector unit, the C library and LLVM each round a logarithm in their own way, so that the last
digit of a score would depend on where it was computed. This one is made of additions, multiplications and
divisions alone, which IEEE 754 defines to the last bit.
"""

import numpy as np
from numpy.typing import NDArray

LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
SERIES = (
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
)
SQRT_HALF = 0.7071067811865476


def log(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """ln(x) of finite numbers above 0, any shape; within one unit of the last digit. Others give nonsense.

    Source: the method of fdlibm's e_log.c (Sun Microsystems 1993): x = 2^k (1 + f) with 1 + f between
    sqrt(1/2) and sqrt(2), s = f / (2 + f), and a minimax polynomial in s^2.
    """
    mantissa, exponent = np.frexp(x)
    small = mantissa < SQRT_HALF
    f = np.where(small, 2.0 * mantissa, mantissa) - 1.0
    k = exponent - small.astype(np.float64)
    s = f / (2.0 + f)
    z = s * s
    tail = z * SERIES[6]
    for coefficient in SERIES[5::-1]:
        tail = z * (coefficient + tail)
    half = 0.5 * f * f
    ln: NDArray[np.float64] = k * LN2_HIGH - ((half - (s * (half + tail) + k * LN2_LOW)) - f)
    return ln
