"""app_users: what the application knows of a user of Latchkey"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "app_users",
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        sa.Column(
            "user_id",
            sa.Text,
            sa.ForeignKey("user.id", ondelete="CASCADE", name="app_users_user_id_fkey"),
            nullable=False,
        ),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.func.now(),
        ),
        sa.UniqueConstraint("user_id", name="app_users_user_id_key"),
    )


def downgrade() -> None:
    op.drop_table("app_users")
