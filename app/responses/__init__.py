"""responses: what comes back. The public sheet, receipts, and past answers from another tool.

models     Response, Answer
services   start_response, save_page, submit_response, choose_contact
importers  a CSV of another tool's results into responses, by batch
routes     /s/<token> and /c for customers, /responses/imports for members
"""
