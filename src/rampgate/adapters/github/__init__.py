"""GitHub over REST: what it says about a pull request, and the few things that rampgate asks it to do.

`settings` reads where GitHub is and who asks; `transport` sends one request and waits where GitHub asks to;
`pages` joins the pages of a list; `client` has one method for each call; `refusals` says what went wrong.
Nothing is imported here: httpx loads when the first request is sent.
"""
