"""What a brand has announced: campaigns, launches, contests, and how much more will be said because of them.

campaign.py    the table
lift.py        how many times the usual is expected in each minute
wish.py        what somebody announces, checked
service.py     looking, making, changing, taking back
parsed.py      what a file says, and what is wrong with it
ical.py        from an iCalendar
table_file.py  from a CSV file
importing.py   a file's windows brought in, once however often it is sent
"""
