"""The command line: ``xlclv table``, ``demo``, ``call`` and ``functions``.

Exit codes: 0 good, 1 an error value or findings, 2 wrong input, 3 alerts fired, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from xlclv.errors import XlclvError

GOOD, FINDINGS, WRONG_INPUT, ALERTS, INTERRUPTED = 0, 1, 2, 3, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; wrong input gets one sentence, never a trace."""
    from xlclv.cli.options import parse

    given = list(sys.argv[1:] if arguments is None else arguments)
    options = None
    try:
        options = parse(given)
        code: int = options.run(options)
        sys.stdout.flush()
        return code
    except XlclvError as error:
        print(f"xlclv: {error.text.of(getattr(options, 'lang', 'en'))}", file=sys.stderr)
        return WRONG_INPUT
    except KeyboardInterrupt:
        print("xlclv: Interrupted; nothing was written.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe, such as head, has gone; say nothing, and keep Python from saying it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return GOOD
    except Exception as error:
        if os.environ.get("XLCLV_TRACE"):
            raise
        kind, sentence = type(error).__name__, " ".join(str(error).split())[:200]
        print(f"xlclv: Unexpected {kind}: {sentence}. Please report it; XLCLV_TRACE=1 shows where.", file=sys.stderr)
        return WRONG_INPUT
