"""The binary part of a macro workbook, vbaProject.bin, written from VBA source."""

from xlclv.vba.module import Kind, Module
from xlclv.vba.project import build_project

__all__ = ["Kind", "Module", "build_project"]
