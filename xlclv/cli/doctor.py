"""``xlclv doctor``: what keeps the functions from working in Excel, and what to do."""

from __future__ import annotations

import argparse
import json
import sys

import xlclv
from xlclv.cli import FINDINGS, GOOD
from xlclv.cli.console import print_rows
from xlclv.hosts.excel.doctor import examine, failed
from xlclv.hosts.excel.windows import this_system
from xlclv.text import Text


def run(options: argparse.Namespace) -> int:
    """Print what every check found; exit code 1 when there is a problem."""
    findings = examine(this_system(), to=options.to, workbook=options.workbook)
    if options.json:
        told = [
            {"check": finding.check, "status": finding.status.value, "text": finding.text.of(options.lang)}
            for finding in findings
        ]
        answer = {"xlclv": xlclv.__version__, "system": sys.platform, "findings": told}
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        header = [Text("status", "状态").of(options.lang), Text("finding", "结果").of(options.lang)]
        rows = [[finding.status.label.of(options.lang), finding.text.of(options.lang)] for finding in findings]
        print_rows([header, *rows], header=True)
    return FINDINGS if failed(findings) else GOOD
