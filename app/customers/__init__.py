"""customers: who buys, who fell silent, who may be written to.

models     Customer, Account, Contact, Purchase, LapseRule, Segment, Consent, Suppression,
           ImportBatch, CustomerFact, TimelineEntry
tables     a CSV or XLSX file as rows of text, with its encoding
importers  rows of customers and purchases into the database, by batch
services   lapse rules, segments, consent, suppression, facts, timeline
routes     /customers
"""
