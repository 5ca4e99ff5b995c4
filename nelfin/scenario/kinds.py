"""Kinds of settings, with their limits and units, that the schema is made of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from nelfin.years import start_of


@dataclass(frozen=True)
class Unit:
    """The unit of a setting whose key does not end in it."""

    name: str


def _year(label: str) -> str:
    start_of(label)
    return label


LARGEST = 1e15
"""No figure is larger, and sums and products of figures up to here stay numbers."""

Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
Growth = Annotated[float, Field(ge=-50, le=100, allow_inf_nan=False)]
Money = Annotated[float, Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, le=LARGEST, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, le=LARGEST, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), Unit("share")]
Weight = Annotated[NotNegative, Unit("weight")]
Schemes = Annotated[int, Field(ge=0, le=1_000_000), Unit("schemes")]
Year = Annotated[str, AfterValidator(_year), Unit("year")]
YesNo = Annotated[bool, Unit("yes or no")]
TablePath = Annotated[Path, Field(strict=False), Unit("file")]
Names = Annotated[tuple[str, ...], Field(strict=False)]


class Section(BaseModel):
    """Base of every section: frozen, and closed to unknown keys."""

    # strict: a text is not read as a number, nor yes as 1
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )
