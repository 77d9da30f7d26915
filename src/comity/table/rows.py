"""Columns, and rows whose cells have names."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, overload

from comity.table.cells import ColumnType


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, the type of its cells, what they mean, and their unit (``None`` if they have none)."""

    name: str
    type: ColumnType = "any"
    meaning: str = ""
    unit: str | None = None


class Row(tuple[Any, ...]):
    """One row: a tuple whose cells can also be taken by column name, ``row["since"]`` or ``row.since``."""

    __slots__ = ()
    _names: tuple[str, ...] = ()

    @overload  # type: ignore[override]
    def __getitem__(self, key: int | str) -> Any: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[Any, ...]: ...
    def __getitem__(self, key: int | str | slice) -> Any:
        if isinstance(key, str):
            try:
                return tuple.__getitem__(self, self._names.index(key))
            except ValueError:
                raise KeyError(f"no column {key!r}; columns: {', '.join(self._names)}") from None
        return tuple.__getitem__(self, key)

    def __getattr__(self, name: str) -> Any:
        try:
            return tuple.__getitem__(self, self._names.index(name))
        except ValueError:
            raise AttributeError(f"no column {name!r}; columns: {', '.join(self._names)}") from None

    def asdict(self) -> dict[str, Any]:
        """Return the row as ``{column name: cell}``, in column order."""
        return dict(zip(self._names, self, strict=True))

    def __repr__(self) -> str:
        return f"Row({', '.join(f'{name}={cell!r}' for name, cell in self.asdict().items())})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (_make_row, (self._names, tuple(self)))


def row_class(names: tuple[str, ...]) -> type[Row]:
    """Return the class of the rows under columns of these names."""
    # Real properties, so that a column called `count` or `index` is the cell and not the tuple's method.
    cells = {
        name: property(operator.itemgetter(index))
        for index, name in enumerate(names)
        if name.isidentifier() and not name.startswith("_") and name != "asdict"
    }
    return type("Row", (Row,), {"__slots__": (), "_names": names, **cells})


def _make_row(names: tuple[str, ...], cells: tuple[Any, ...]) -> Row:
    return row_class(names)(cells)


def is_label(column: Column, columns: Sequence[Column]) -> bool:
    """Tell whether `column` holds the labels of an IRI column among `columns`."""
    stem = column.name.removesuffix("Label")
    return stem != column.name and any(other.name == stem and other.type == "iri" for other in columns)
