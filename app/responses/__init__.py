"""responses: what comes back. The public sheet, receipts, and past answers from another tool.

models     Response, Answer
values     what may be stored as the answer to a question
services   start_response, save_page, submit_response
wishes     stop_contact, say_returned
queries    response_of, answers_so_far, page_to_resume, submitted_counts
importers  a CSV of another tool's results into responses, by batch
routes     /s/<token> and /c for customers; /responses/imports for members
"""
