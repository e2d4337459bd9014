"""Programs that LibreOffice's own Python runs are no tests, and import what is only there."""

collect_ignore = ["driver.py", "menu_driver.py"]
