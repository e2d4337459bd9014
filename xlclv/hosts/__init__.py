"""The spreadsheets xlclv runs in; each host knows the worksheet functions and only itself."""
