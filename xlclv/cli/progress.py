"""Progress of long work, on the standard error stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from xlclv.text import Text

Step = Callable[[Text, int, int], None]


@contextmanager
def stages(lang: str) -> Iterator[Step]:
    """Show a bar for each stage as it is told; nothing is shown where no terminal is."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda *_: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=1)

        def step(stage: Text, done: int, total: int) -> None:
            progress.update(task, description=stage.of(lang), completed=done, total=max(total, 1))

        yield step
