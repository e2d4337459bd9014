"""Small data that examples share."""

from __future__ import annotations

from xlclv.worksheet.cells import Rows

#: Customers by repeat orders, recency and age in weeks, how many there are of each, and what they spend.
X_TABLE: Rows = [[0], [0], [0], [1], [1], [1], [2], [2], [3], [4], [6], [9]]
TX_TABLE: Rows = [[0], [0], [0], [4], [15], [30], [12], [33], [20], [35], [28], [37]]
AGE_TABLE: Rows = [[39], [32], [27], [38], [36], [31], [39], [35], [30], [39], [33], [38]]
WEIGHTS_TABLE: Rows = [[300], [280], [260], [40], [35], [30], [25], [20], [15], [12], [8], [5]]
MONETARY_TABLE: Rows = [[0], [0], [0], [20], [35], [12], [28], [44], [31], [25], [52], [38]]

#: Six orders of three customers.
ORDER_IDS: Rows = [["a"], ["b"], ["a"], ["c"], ["b"], ["a"]]
ORDER_DATES: Rows = [["2024-01-05"], ["2024-01-20"], ["2024-02-03"], ["2024-02-10"], ["2024-03-01"], ["2024-03-01"]]
ORDER_AMOUNTS: Rows = [[10], [20], [30], [15], [5], [25]]
