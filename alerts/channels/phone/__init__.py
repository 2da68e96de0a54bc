"""Text messages and calls through a provider with Twilio's HTTP interface.

`provider` knows how to ask it, `signature` proves what it calls back, `twiml` says what a call does.
"""
