"""The customer value template: a workbook that the user fills with orders and a Refresh fills with values."""
