"""What a brand has announced: campaigns, launches, contests, and how much more will be said because of them.

campaign.py    the table
public.py      public holidays by country and region
observed.py    which of them the audience of a monitor has
lift.py        how many times the usual is expected in each minute, and at how different hours
wish.py        what somebody announces, checked
service.py     looking, making, changing, taking back
parsed.py      what a file says, and what is wrong with it
ical.py        from an iCalendar
table_file.py  from a CSV file
importing.py   a file's windows brought in, once however often it is sent
"""
