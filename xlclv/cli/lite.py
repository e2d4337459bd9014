"""``xlclv lite``: the two files to paste into xlwings Lite."""

from __future__ import annotations

import argparse
from pathlib import Path

import xlclv
from xlclv.cli import GOOD
from xlclv.errors import FileError
from xlclv.text import Text
from xlclv.workbook.package import check_target, save

ENDINGS = (".py", ".txt")


def run(options: argparse.Namespace) -> int:
    """Print the two files, or write them into a folder."""
    lang = options.lang
    files = files_of(options.wheel)
    if options.out is None:
        print(f"{Text('Paste into xlwings Lite.', '请粘贴到 xlwings Lite 中。').of(lang)}\n")
        for name, content in files.items():
            print(f"{Text(f'--- The tab {name}:', f'--- 标签页 {name}：').of(lang)}\n\n{content}")
        print(Text("--- Then restart xlwings Lite from its menu.", "--- 然后在菜单中重启 xlwings Lite。").of(lang))
        return GOOD
    folder = Path(options.out).expanduser()
    targets = {folder / name: content.encode() for name, content in files.items()}
    for target, written in targets.items():
        _check(target, written, force=options.force)
    for target, written in targets.items():
        save(written, target, ENDINGS)
        print(Text(f"Wrote {target}", f"已写入 {target}").of(lang))
    return GOOD


def files_of(wheel: str | None = None) -> dict[str, str]:
    """Return the two files by name.

    Parameters
    ----------
    wheel : str, optional
        Web address of a wheel of xlclv, where it does not come from the package index.

    Returns
    -------
    dict of str

    Raises
    ------
    FileError
        If ``wheel`` is no such address.

    Examples
    --------
    >>> print(files_of()["main.py"], end="")
    from xlclv.hosts.lite import *
    """
    if wheel is not None and not (wheel.startswith("https://") and wheel.endswith("-none-any.whl")):
        raise FileError(
            f"--wheel must be an https address that ends in -none-any.whl, not {wheel[:80]}.",
            f"--wheel 必须是以 -none-any.whl 结尾的 https 网址，而不是 {wheel[:80]}。",
        )
    requirement = f"xlclv=={xlclv.__version__}" if wheel is None else wheel
    return {
        "main.py": "from xlclv.hosts.lite import *\n",
        "requirements.txt": f"xlwings<1.0.0\n{requirement}\n",
    }


def _check(target: Path, content: bytes, *, force: bool) -> None:
    """Refuse, before anything is written, a file that cannot or should not be."""
    check_target(target, ENDINGS)
    if target.exists() and not force and target.read_bytes() != content:
        raise FileError(
            f"{target} exists and holds something else; choose another folder, or --force to replace it.",
            f"{target} 已存在且内容不同；请改用其他文件夹，或用 --force 替换。",
        )
