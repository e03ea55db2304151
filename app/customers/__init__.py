"""customers: who buys, who fell silent, who may be written to.

models     Customer, Account, Contact, Purchase, LapseRule, Segment, Consent, Suppression,
           ImportBatch, CustomerFact, TimelineEntry
tables     a CSV or XLSX file as rows of text, with its encoding; workbooks unpacks XLSX in a bounded child
cells      what a cell means: days, yen, yes and no · addresses  one way to write an address · days  calendar arithmetic
importers  rows of any kind into the database, by batch; customers and purchases are two kinds
queries    the list, segments, consent and suppression, who is gone by a lapse rule, intervals between purchases
services   lapse rules, segments, states, consent, suppression, facts, timeline, sums of purchases
wording    words for states and for the lines of the timeline
routes     /customers, /customers/rules, /customers/segments, /customers/imports · cli  `flask customers import`
jobs       run_import, undo_import, follow_purchases
"""
