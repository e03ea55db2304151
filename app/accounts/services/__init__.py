"""What people do about themselves, their colleagues and the organisation; one file per thing."""

from app.accounts.services.members import (
    add_member,
    change_organisation,
    change_role,
    reset_second_step,
    set_password,
)
from app.accounts.services.opening import AlreadySetUp, Founder, make_set_up_key, set_up
from app.accounts.services.own import (
    begin_second_step,
    change_own,
    change_password,
    confirm_second_step,
    drop_second_step,
    end_other_sessions,
    renew_recovery_codes,
)
from app.accounts.services.signing_in import TooManyTries, WrongPassword, pass_second_step, sign_in
from app.errors import BadInput

__all__ = [
    "AlreadySetUp",
    "BadInput",
    "Founder",
    "TooManyTries",
    "WrongPassword",
    "add_member",
    "begin_second_step",
    "change_organisation",
    "change_own",
    "change_password",
    "change_role",
    "confirm_second_step",
    "drop_second_step",
    "end_other_sessions",
    "make_set_up_key",
    "pass_second_step",
    "renew_recovery_codes",
    "reset_second_step",
    "set_password",
    "set_up",
    "sign_in",
]
