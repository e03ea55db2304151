"""The first set-up, the second step of signing in, and each member's time zone"""

import sqlalchemy as sa
from alembic import op

revision = "0064_doors"
down_revision = "0060_claims"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "set_up_key",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_set_up_key_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_up_key")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_recovery_code_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_code_code_hash")),
    )
    op.create_index("ix_recovery_code_member_id", "recovery_code", ["member_id"])
    op.add_column(
        "member", sa.Column("time_zone", sa.String(length=40), nullable=False, server_default="Asia/Tokyo")
    )
    op.add_column("member", sa.Column("totp_secret", sa.String(length=64), nullable=True))
    op.add_column("member", sa.Column("totp_began_at", INSTANT, nullable=True))
    op.add_column("member", sa.Column("totp_last_step", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("session", sa.Column("needs_code", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("session", "needs_code")
    for name in ("totp_last_step", "totp_began_at", "totp_secret", "time_zone"):
        op.drop_column("member", name)
    op.drop_table("recovery_code")
    op.drop_table("set_up_key")
