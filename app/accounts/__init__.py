"""accounts: who works here. Members, their roles and rights, sign-in, the organisation itself.

models    Organisation, Member, MemberSession, RateLimit
access    the marks every route carries, and what each role may do
services  sign_in, sign_out, add_member, change_organisation …
routes    /sign-in, /settings
"""
