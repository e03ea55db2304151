"""responses: what comes back. The public sheet, receipts, and past answers from another tool.

models     Response, Answer, PublicLink, ResponseEvent, Call
values     what may be stored as the answer to a question
services   start_response, save_page, submit_response
holding    one at a time writes a sheet; rewriting: its answers' rows, written at once
trials     a member's own sheets to try a survey out; trial_routes: /surveys/<id>/trial
wishes     stop_contact, say_returned
public     make_link, start_response, claim_identity, accept_claim: public links and the sheets begun through them
calls      call_list, record_call, start_call_response: whom an operator may call, and what became of it
history    what happened to a sheet, door by door
screens    the screens of a sheet, whoever fills it in
queries    response_of, answers_so_far, page_to_resume, submitted_counts
importers  a CSV of another tool's results into responses, by batch
routes     /s/<token>, /o/<key> and /c for customers; /calls, /surveys/…/links and /responses for members
"""
