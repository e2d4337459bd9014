"""Output for people (a table on a terminal) and for programs (tab-separated in a pipe)."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def print_rows(rows: Sequence[Sequence[str]], header: bool = False) -> None:
    """Print rows of text: as a table on a terminal, tab-separated elsewhere."""
    if not sys.stdout.isatty():
        for row in rows:
            print("\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in row))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_header=header)
    for name in rows[0] if rows else ():
        table.add_column(name if header else "")
    for row in rows[1:] if header else rows:
        table.add_row(*map(Text, row))
    Console(soft_wrap=False).print(table)
