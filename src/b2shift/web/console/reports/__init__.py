"""Reports: kept answers as PDF and workbook, made for each person over the rows they see."""
