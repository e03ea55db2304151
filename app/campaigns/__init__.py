"""campaigns: asking. Whom, by which channel, with which words, and who is left in peace.

models    Campaign, Step, Invitation, Message, Skip
guard     the contact guard: one function per rule, used by the dry run and again at hand-over
letters   the text of a mail, with identity and opt-out
services  create_campaign, approve_campaign, start_campaign, stop_campaign, hand_over, unsubscribe
jobs      send_campaign, and its sweep
routes    /campaigns, /u/<token> (one-click unsubscribe), /mailbox (what the built-in SMTP server received)
"""
