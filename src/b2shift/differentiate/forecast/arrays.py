"""The arrays of forecasting."""

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]
