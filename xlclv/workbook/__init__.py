"""The workbooks people open: built by one call, written safely."""

from xlclv.workbook.build import build_customer_value
from xlclv.workbook.checks import failed_checks
from xlclv.workbook.package import check_target
from xlclv.workbook.source import Source

__all__ = ["Source", "build_customer_value", "check_target", "failed_checks"]
