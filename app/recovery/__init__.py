"""recovery: did mending bring people back?

queries   outcome_of an item: returns of those who raised it, beside those who did not
routes    /recovery
"""
