"""Customer lifetime value, retention and segmentation for spreadsheets."""
__version__ = "0.1.0"
