"""What people set the detector to, for each monitor.

chosen.py    the table, and the settings that follow from a row
numbers.py   the numbers that can be edited, and what they may be
service.py   looking and changing, never without a trace
"""
