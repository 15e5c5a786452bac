-- Everything here can be made again from mail.db and raw.db. So there are no
-- steps: an index of another version is thrown away.

-- Which mail.db this belongs to.
CREATE TABLE identity (id BLOB NOT NULL) STRICT;

-- What the index holds, written in the same transaction as the words.
CREATE TABLE covered (
    -- The row of `words`; sorts by date.
    entry   INTEGER PRIMARY KEY,
    email   INTEGER NOT NULL UNIQUE,
    account INTEGER NOT NULL,
    -- 0 while only the header was read.
    whole   INTEGER NOT NULL
) STRICT;

-- How many of an account's messages it holds whole: kept, never counted. Not by
-- triggers: each would have FTS5 write what it has gathered.
CREATE TABLE covered_count (
    account INTEGER PRIMARY KEY,
    total   INTEGER NOT NULL
) STRICT;

-- Its rowid is the date in Unix seconds, or a little later where that is taken.
CREATE VIRTUAL TABLE words USING fts5(
    sender, recipients, copies, subject, body, attachments, list, contents,
    content = '', contentless_delete = 1,
    -- What counts as a word is decided before (`search/words.rs`).
    tokenize = "ascii"
);
-- Gather more before it is written, and merge larger groups, less often: bulk
-- fetching writes many small ones.
INSERT INTO words (words, rank) VALUES ('hashsize', 4000000);
INSERT INTO words (words, rank) VALUES ('automerge', 16);
