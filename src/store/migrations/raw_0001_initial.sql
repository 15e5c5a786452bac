CREATE TABLE raw (
    id     INTEGER PRIMARY KEY,
    sha256 BLOB    NOT NULL UNIQUE,
    -- Length in bytes before compression.
    size   INTEGER NOT NULL,
    zstd   BLOB    NOT NULL
) STRICT;
