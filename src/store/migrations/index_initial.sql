-- Everything here can be made again from mail.db and raw.db. So there are no
-- steps: an index of another version is thrown away.

-- Which mail.db this belongs to.
CREATE TABLE identity (id BLOB NOT NULL) STRICT;

-- What the index holds, written in the same transaction as the words.
CREATE TABLE covered (
    -- Its row in the volume it belongs to; sorts by date.
    entry   INTEGER PRIMARY KEY,
    email   INTEGER NOT NULL UNIQUE,
    account INTEGER NOT NULL,
    -- 0 while only the header was read.
    whole   INTEGER NOT NULL,
    -- 1 while the text of attached documents is still to be read.
    unread_documents INTEGER NOT NULL
) STRICT;
CREATE INDEX covered_unread_documents ON covered (entry) WHERE unread_documents = 1;

-- What was read of attached documents, for excerpts.
CREATE TABLE document (
    email   INTEGER NOT NULL,
    -- Its place among the documents of the message.
    place   INTEGER NOT NULL,
    name    TEXT NOT NULL,
    -- Compressed (zstd).
    text    BLOB NOT NULL,
    -- Why it could not be read; empty where it could.
    failure TEXT NOT NULL,
    PRIMARY KEY (email, place)
) STRICT;

-- How many of an account's messages it holds whole: kept, never counted. Not by
-- triggers: each would have FTS5 write what it has gathered.
CREATE TABLE covered_count (
    account INTEGER PRIMARY KEY,
    total   INTEGER NOT NULL
) STRICT;

-- The volumes: each has its words in a table of its own, words_NUMBER, which is
-- made with the first message of its time.
CREATE TABLE volume (
    number INTEGER PRIMARY KEY,
    -- How many entries came since it was all in one piece, and before.
    added  INTEGER NOT NULL,
    merged INTEGER NOT NULL
) STRICT;

-- By how much an entry's number is later than its date's first, at most.
CREATE TABLE lateness (most INTEGER NOT NULL) STRICT;
INSERT INTO lateness VALUES (0);
