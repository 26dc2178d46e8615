"""The tables, as an ordered list of migrations. `PRAGMA user_version` counts those that have run."""

from __future__ import annotations

RANDOM_VERSION = f"(random() & {2**63 - 1})"
DETACHED = "purged:"
"""What the key of a library begins with whose rows are being deleted: 'purged:<id>:<former key>'."""

# A migration is a list of single statements: executescript would commit the transaction it runs in.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE library (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,              -- 'shared', 'samples', 'server:<Discord id>'
            language TEXT NOT NULL,                -- BCP 47 base, such as 'en'
            revision INTEGER NOT NULL DEFAULT 0    -- raised by every change; an index of another revision is stale
        ) STRICT
        """,
        """
        CREATE TABLE video (
            id INTEGER PRIMARY KEY,
            library_id INTEGER NOT NULL REFERENCES library ON DELETE CASCADE,
            video_id TEXT NOT NULL,
            title TEXT NOT NULL,                   -- '' where unknown, as in the columns below
            creator TEXT NOT NULL,
            url TEXT NOT NULL,
            thumbnail TEXT NOT NULL,
            language TEXT NOT NULL,
            UNIQUE (library_id, video_id)
        ) STRICT
        """,
        """
        CREATE TABLE segment (
            video INTEGER NOT NULL REFERENCES video ON DELETE CASCADE,
            start_second REAL NOT NULL CHECK (start_second >= 0),
            end_second REAL NOT NULL CHECK (end_second >= start_second),
            text TEXT NOT NULL,
            marks TEXT,                            -- JSON [[offset, start_second], ..]; null where there were no cues
            PRIMARY KEY (video, start_second)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE import (                      -- one act that changed a library: an import, or a removal
            id INTEGER PRIMARY KEY AUTOINCREMENT,  -- no number twice: an import under way keeps its own
            library_id INTEGER NOT NULL REFERENCES library ON DELETE CASCADE,
            description TEXT NOT NULL,
            made_at TEXT NOT NULL                  -- ISO 8601, UTC
        ) STRICT
        """,
        """
        CREATE TABLE replaced (                    -- the videos an import touched, as they were before; for undo
            import_id INTEGER NOT NULL REFERENCES import ON DELETE CASCADE,
            video_id TEXT NOT NULL,
            before TEXT,                           -- JSON of the whole video; null where it did not exist
            PRIMARY KEY (import_id, video_id)
        ) STRICT, WITHOUT ROWID
        """,
    ),
    (
        """
        CREATE TABLE secret (                      -- one row, made once: what keeps user ids out of this file
            id INTEGER PRIMARY KEY CHECK (id = 1),
            value BLOB NOT NULL CHECK (length(value) = 32)
        ) STRICT
        """,
        """
        CREATE TABLE button_state (                -- what a button must know and its custom_id cannot hold
            key TEXT PRIMARY KEY,                  -- keyed hash of the payload; the custom_id carries it
            payload TEXT NOT NULL,
            expired_at REAL NOT NULL               -- seconds since the epoch; from then on as good as deleted
        ) STRICT
        """,
        "CREATE INDEX button_state_by_expiry ON button_state (expired_at)",
        # No reference to a segment: replacing a video deletes and rewrites its segments, and votes outlive that.
        """
        CREATE TABLE vote (
            voter TEXT NOT NULL,                   -- HMAC-SHA256 of the user id with the secret; never the id itself
            library TEXT NOT NULL,                 -- a library's key
            question TEXT NOT NULL,                -- whitespace collapsed, casefolded
            video_id TEXT NOT NULL,
            start_second REAL NOT NULL CHECK (start_second >= 0),
            verdict TEXT NOT NULL CHECK (verdict IN ('helpful', 'not_helpful')),
            PRIMARY KEY (voter, library, question, video_id, start_second)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE command_tree (                -- the commands as they were last synced with Discord
            place TEXT PRIMARY KEY,                -- 'global', or a server's id
            hash TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
    ),
    (
        # Separate from `revision`: a glossary is not part of the index, which stays as it is.
        "ALTER TABLE library ADD COLUMN glossary_revision INTEGER NOT NULL DEFAULT 0",
        """
        CREATE TABLE glossary (                    -- what captions make of a word; both as typed, white space collapsed
            library_id INTEGER NOT NULL REFERENCES library ON DELETE CASCADE,
            said TEXT NOT NULL,
            meant TEXT NOT NULL,
            PRIMARY KEY (library_id, said, meant)
        ) STRICT, WITHOUT ROWID
        """,
    ),
    (
        # A new random number whenever the video is written; an index that has another number of it is stale. Not
        # counted up: a database restored from a backup must not get the same numbers for other words.
        "ALTER TABLE video ADD COLUMN version INTEGER NOT NULL DEFAULT 0",
        f"UPDATE video SET version = {RANDOM_VERSION}",
    ),
    (
        """
        CREATE TABLE import_tally (                -- how many imports people began in a library on a day
            library TEXT NOT NULL,                 -- a library's key
            day TEXT NOT NULL,                     -- ISO 8601, UTC
            imports INTEGER NOT NULL,
            PRIMARY KEY (library, day)
        ) STRICT, WITHOUT ROWID
        """,
    ),
    (
        """
        CREATE TABLE server (                      -- Discord's servers; '0' stands for everywhere outside of them
            id TEXT PRIMARY KEY,
            settings TEXT NOT NULL DEFAULT '{}',   -- JSON of what differs from what is shipped
            application TEXT NOT NULL DEFAULT '',  -- id of the application last seen in it: another sees other servers
            left_at REAL                           -- seconds since the epoch; null while the bot is in it
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE sighting (                    -- who used the bot where: only these servers are asked about them
            person TEXT NOT NULL,                  -- keyed hash, as vote.voter
            server TEXT NOT NULL,
            last_seen REAL NOT NULL,               -- seconds since the epoch, to about an hour
            PRIMARY KEY (person, server)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE miss (                        -- what was asked and not found
            library TEXT NOT NULL,
            question TEXT NOT NULL,                -- as vote.question
            person TEXT NOT NULL,                  -- keyed hash: told to nobody, so that they can have it deleted
            count INTEGER NOT NULL,
            last_asked REAL NOT NULL,              -- seconds since the epoch
            PRIMARY KEY (library, question, person)
        ) STRICT, WITHOUT ROWID
        """,
        "ALTER TABLE vote ADD COLUMN voted_at REAL NOT NULL DEFAULT 0",
        # It is not known when the earlier votes were given: they are kept as long as one given now.
        "UPDATE vote SET voted_at = unixepoch()",
        # Whether people chose the language; otherwise the first import sets it.
        "ALTER TABLE library ADD COLUMN language_chosen INTEGER NOT NULL DEFAULT 0",
    ),
    (
        # JSON of the keys of the libraries it may draw on, with which it is deleted; null where that was not recorded.
        "ALTER TABLE button_state ADD COLUMN libraries TEXT",
    ),
    (
        "ALTER TABLE video ADD COLUMN published TEXT NOT NULL DEFAULT ''",  # ISO 8601: day, month or year
        "ALTER TABLE video ADD COLUMN chapters TEXT NOT NULL DEFAULT ''",  # JSON [[start_second, title], ..]
        "ALTER TABLE video ADD COLUMN is_automatic INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE video ADD COLUMN track_of TEXT NOT NULL DEFAULT ''",  # video_id of the video it is a track of
        "ALTER TABLE segment ADD COLUMN turns TEXT",  # JSON [[offset, speaker], ..] or null
    ),
    (
        """
        CREATE TABLE compaction (                  -- one row: whether the file may still hold what was deleted
            id INTEGER PRIMARY KEY CHECK (id = 1),
            erasures INTEGER NOT NULL              -- changes that deleted words since the file was rewritten
        ) STRICT
        """,
        # Earlier versions freed pages without overwriting them.
        "INSERT INTO compaction (id, erasures) VALUES (1, 1)",
    ),
    (
        # Where the question was asked and answered in public, '' for nowhere and for the votes of before.
        "ALTER TABLE vote ADD COLUMN server TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE vote ADD COLUMN channel TEXT NOT NULL DEFAULT ''",
        "CREATE INDEX vote_by_server ON vote (server) WHERE server != ''",
        # JSON of Discord's ids of the commands by name; '{}' where an earlier version synced them.
        "ALTER TABLE command_tree ADD COLUMN ids TEXT NOT NULL DEFAULT '{}'",
    ),
    (
        "ALTER TABLE video ADD COLUMN added_at REAL NOT NULL DEFAULT 0",  # seconds since the epoch; 0 where not known
        # The revision of its library that the video was last written in.
        "ALTER TABLE video ADD COLUMN changed_in INTEGER NOT NULL DEFAULT 0",
        "UPDATE video SET changed_in = (SELECT revision FROM library WHERE id = library_id)",
        """
        CREATE TABLE checked_library (             -- up to which revision open questions were put to it again
            library_id INTEGER PRIMARY KEY REFERENCES library ON DELETE CASCADE,
            revision INTEGER NOT NULL
        ) STRICT
        """,
        "INSERT INTO checked_library (library_id, revision) SELECT id, revision FROM library",
        # As its asker typed it; '' where an earlier version noted it.
        "ALTER TABLE miss ADD COLUMN wording TEXT NOT NULL DEFAULT ''",
        """
        CREATE TABLE follow (                      -- a question whose asker is told when an import brings an answer
            id INTEGER PRIMARY KEY AUTOINCREMENT,  -- no number twice: old buttons carry it
            person TEXT NOT NULL,                  -- the user id itself, here alone: nobody else could be told
            library TEXT NOT NULL,                 -- a library's key
            inquiry TEXT NOT NULL,                 -- JSON of the question with its filters, as asked
            channel TEXT NOT NULL,                 -- where to tell it; '' in a direct message
            locale TEXT NOT NULL,                  -- the language to tell it in
            accepts_closest INTEGER NOT NULL,
            is_once INTEGER NOT NULL,              -- told once, and then deleted
            made_at REAL NOT NULL,
            known TEXT NOT NULL DEFAULT '[]',      -- JSON [[video_id, start_second], ..]: what they were shown or told
            found_at REAL,                         -- when an answer was found that is to be told; null for none
            found TEXT NOT NULL DEFAULT '[]',      -- JSON [[video_id, start_second], ..]: where; null for any start
            batch TEXT NOT NULL DEFAULT '',        -- the message that tells it, from before it is sent; '' for none yet
            UNIQUE (person, library, inquiry, channel)
        ) STRICT
        """,
        "CREATE INDEX follow_by_library ON follow (library)",
        """
        CREATE TABLE last_notice (                 -- when somebody, or a channel, was last told
            recipient TEXT PRIMARY KEY,            -- 'user:<id>' or 'channel:<id>'
            sent_at REAL NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE miss_review (                 -- questions of miss that are no longer open
            library TEXT NOT NULL,
            question TEXT NOT NULL,
            outcome TEXT NOT NULL CHECK (outcome IN ('answered', 'dismissed')),
            reviewed_at REAL NOT NULL,
            PRIMARY KEY (library, question)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE question_tally (              -- how many questions were asked in a server on a day, and answered
            server TEXT NOT NULL,
            day TEXT NOT NULL,                     -- ISO 8601, UTC
            asked INTEGER NOT NULL,
            answered INTEGER NOT NULL,
            PRIMARY KEY (server, day)
        ) STRICT, WITHOUT ROWID
        """,
        "ALTER TABLE server ADD COLUMN welcomed_at REAL",  # seconds since the epoch; null for never
        # When the last weekly digest was sent, or since when they are wanted; null where they are not.
        "ALTER TABLE server ADD COLUMN digest_at REAL",
    ),
)

SCHEMA_VERSION = len(MIGRATIONS)
