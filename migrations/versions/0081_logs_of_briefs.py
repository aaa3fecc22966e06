"""The acts on a brief are chained, each with a digest of what the paper said (decision 0171)."""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0081"
down_revision = "0079"
branch_labels = None
depends_on = None

ACT = "brief_act"
COLUMNS = ("content", "previous", "link")
SAID = (
    "brief_id", "key", "act", "version", "at", "day", "actor_id", "acting_as", "on_behalf_of_id",
    "from_state", "to_state", "opinion", "facts", "content",
)  # fmt: skip


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column(ACT, sa.Column(column, sa.String(), server_default="", nullable=False))
    op.execute(f"ALTER TABLE {ACT} DISABLE TRIGGER {ACT}_append_only")
    _seal()
    op.execute(f"ALTER TABLE {ACT} ENABLE TRIGGER {ACT}_append_only")
    for column in COLUMNS:
        op.alter_column(ACT, column, server_default=None)


def _seal() -> None:
    """The acts that stand, as they stand; what their papers said in between nobody kept, so each
    has the digest of what its paper says today. The rule is that of `rulebook.briefs.log`."""
    bind = op.get_bind()
    contents: dict[int, str] = {}
    links: dict[int, str] = {}
    acts = bind.execute(sa.text(f"SELECT * FROM {ACT} ORDER BY brief_id, id")).mappings().all()
    for act in acts:
        brief = act["brief_id"]
        if brief not in contents:
            contents[brief] = _content(bind, brief)
        previous = links.get(brief, "0" * 64)
        said = {name: act[name] for name in SAID} | {"content": contents[brief]}
        said["at"] = act["at"].timestamp()
        links[brief] = hashlib.sha256((previous + _text(said)).encode()).hexdigest()
        bind.execute(
            sa.text(
                f"UPDATE {ACT} SET content = :content, previous = :p, link = :l WHERE id = :id"
            ),
            {"content": contents[brief], "p": previous, "l": links[brief], "id": act["id"]},
        )


def _content(bind: sa.Connection, brief_id: int) -> str:
    given = {"brief": brief_id}
    brief = bind.execute(sa.text("SELECT * FROM brief WHERE id = :brief"), given).mappings().one()
    texts = bind.execute(
        sa.text(
            "SELECT DISTINCT ON (section) section, body FROM brief_text WHERE brief_id = :brief"
            " ORDER BY section, version DESC"
        ),
        given,
    )
    figures = bind.scalar(
        sa.text(
            "SELECT sha256 FROM brief_snapshot WHERE brief_id = :brief AND state = 'made'"
            " ORDER BY id DESC LIMIT 1"
        ),
        given,
    )
    said = {name: brief[name] for name in ("kind", "name", "title", "number")} | {
        "days": [brief["first"], brief["last"]],
        "criticised": list(brief["criticised_ids"]),
        "texts": {row.section: row.body for row in texts},
        "figures": figures,
    }
    return hashlib.sha256(_text(said).encode()).hexdigest()


def _text(said: object) -> str:
    return json.dumps(said, ensure_ascii=False, sort_keys=True, default=str)


def downgrade() -> None:
    for column in COLUMNS:
        op.drop_column(ACT, column)
