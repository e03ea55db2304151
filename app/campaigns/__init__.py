"""campaigns: asking. Whom, by which channel, with which words, and who is left in peace.

models    Campaign, Step, Invitation, Message, Skip
guard     the contact guard: one function per rule, used by the dry run and again at hand-over
hours     the quiet hours
wording   what may stand in subject and body; presets: ready-made ones; labels: the words of our own pages
letters   a mail as it is read, with identity and opt-out; codes: what a letter carries instead of a link
queries   invitations by link and code, funnels, progress, approvers
services  create, edit, ask_for_approval, approve, start, stop_campaign, send_test, unsubscribe
sending   claiming and handing over, message by message; jobs: send_campaign and its sweep
routes    pages (list, one campaign), wizard and approval (its making), optout (/u/<token>)
"""
