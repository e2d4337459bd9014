"""The command line: ``xlclv table``, ``demo``, ``new``, ``call``, ``functions``, ``lite``, ``addin`` and ``doctor``.

Exit codes: 0 good, 1 an error value or findings, 2 wrong input, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

from xlclv.errors import XlclvError
from xlclv.text import Text

GOOD, FINDINGS, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; wrong input gets one sentence, never a trace."""
    from xlclv.cli.options import language_of, parse

    if arguments is None:
        _let_all_letters_through()
    given = list(sys.argv[1:] if arguments is None else arguments)
    lang = language_of(given)
    try:
        options = parse(given)
        code: int = options.run(options)
        sys.stdout.flush()
        return code
    except XlclvError as error:
        complain(error.text, lang)
        return WRONG_INPUT
    except KeyboardInterrupt:
        complain(Text("Interrupted; nothing was written.", "已中断；没有写入任何文件。"), lang)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe, such as head, has gone; say nothing, and keep Python from saying it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return GOOD
    except Exception as error:
        if os.environ.get("XLCLV_TRACE"):
            raise
        kind, sentence = type(error).__name__, " ".join(str(error).split())[:200]
        complain(
            Text(
                f"Unexpected {kind}: {sentence}. Please report it; XLCLV_TRACE=1 shows where.",
                f"意外错误 {kind}：{sentence}。请反馈；设置 XLCLV_TRACE=1 可显示位置。",
            ),
            lang,
        )
        return WRONG_INPUT


def complain(sentence: Text, lang: str) -> None:
    """Tell what is wrong on the standard error stream."""
    print(f"xlclv: {sentence.of(lang)}", file=sys.stderr)


def _let_all_letters_through() -> None:
    """Write UTF-8 into files and pipes whatever the system's code page is, and never fail over a letter."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            if stream.isatty() or "PYTHONIOENCODING" in os.environ:
                stream.reconfigure(errors="backslashreplace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")
