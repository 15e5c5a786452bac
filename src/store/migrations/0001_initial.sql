-- Times are Unix seconds. Ids are never given out twice (AUTOINCREMENT),
-- since a window may still hold an old one.

-- Tells this store from any other: the search index notes whose it is.
CREATE TABLE identity (id BLOB NOT NULL) STRICT;
INSERT INTO identity VALUES (randomblob(16));

CREATE TABLE folder (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    account        INTEGER NOT NULL,
    path           TEXT    NOT NULL,
    -- As the server writes it (modified UTF-7, own delimiter): for commands.
    remote_name    TEXT    NOT NULL,
    role           TEXT    NOT NULL DEFAULT '',
    selectable     INTEGER NOT NULL DEFAULT 1,
    -- The server's state up to which everything is known here.
    uid_validity   INTEGER NOT NULL DEFAULT 0,
    uid_next       INTEGER NOT NULL DEFAULT 0,
    highest_modseq INTEGER NOT NULL DEFAULT 0,
    remote_total   INTEGER NOT NULL DEFAULT 0,
    -- Kept by the triggers below, never counted.
    total          INTEGER NOT NULL DEFAULT 0,
    unread         INTEGER NOT NULL DEFAULT 0,
    -- What separates the levels of remote_name; empty where there are none.
    delimiter      TEXT    NOT NULL DEFAULT '',
    -- Deleted here; the row stays until the server was told.
    gone           INTEGER NOT NULL DEFAULT 0,
    -- Whether the person wants to hear of its changes at once.
    watched        INTEGER NOT NULL DEFAULT 0,
    -- When it was last compared with the server's; 0 for never.
    checked_at     INTEGER NOT NULL DEFAULT 0,
    -- How much of it is fetched unasked; empty for what the account says.
    prefetch       TEXT    NOT NULL DEFAULT '',
    -- Whether it belongs to another person, or to many.
    of_others      INTEGER NOT NULL DEFAULT 0,
    subscribed     INTEGER NOT NULL DEFAULT 1,
    -- What the server knows it by whatever it is named; empty where it does
    -- not tell.
    remote_id      TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX folder_by_path ON folder (account, path) WHERE gone = 0;

-- When a pass over all folders of an account last came to its end.
CREATE TABLE account_check (
    account    INTEGER PRIMARY KEY,
    checked_at INTEGER NOT NULL
) STRICT;

-- Accounts whose folders are here and nowhere else: no server is told of what
-- is done in them. They have another account's folders where home is not
-- their own id.
CREATE TABLE local_account (
    account INTEGER PRIMARY KEY,
    home    INTEGER NOT NULL,
    -- How long it was followed, in seconds, and what the clock showed last.
    age     INTEGER NOT NULL DEFAULT 0,
    clock   INTEGER NOT NULL DEFAULT 0
) STRICT;

-- What POP3 servers have or had, and what became of it here.
CREATE TABLE pop3_message (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    account   INTEGER NOT NULL,
    -- Its unique id; one of ours begins with a blank, which no server's does.
    key       TEXT    NOT NULL,
    -- As the server lists it.
    size      INTEGER NOT NULL,
    -- Hashes of its header, without what servers write into it later, and of
    -- all of it; the latter NULL until it was fetched whole.
    header    BLOB    NOT NULL,
    sha256    BLOB,
    placement INTEGER NOT NULL,
    -- The age of its account when it was stored.
    seen      INTEGER NOT NULL,
    -- A person removed it here for good.
    removed   INTEGER NOT NULL DEFAULT 0,
    -- When it was found to be gone from the server; NULL while it is there.
    left_at   INTEGER
) STRICT;
CREATE UNIQUE INDEX pop3_message_there ON pop3_message (account, key) WHERE left_at IS NULL;
CREATE INDEX pop3_message_by_key ON pop3_message (account, key);
CREATE INDEX pop3_message_by_header ON pop3_message (account, header);
CREATE INDEX pop3_message_by_content ON pop3_message (account, sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX pop3_message_by_placement ON pop3_message (placement);

CREATE TABLE email (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    account     INTEGER NOT NULL,
    -- Without angle brackets; empty where the message has none.
    message_id  TEXT    NOT NULL DEFAULT '',
    -- Its conversation: the id of a message that was once in it.
    thread      INTEGER NOT NULL DEFAULT 0,
    -- JSON lists of {name, address}.
    sender      TEXT    NOT NULL DEFAULT '[]',
    recipients  TEXT    NOT NULL DEFAULT '[]',
    -- Cc and Bcc.
    copies      TEXT    NOT NULL DEFAULT '[]',
    subject     TEXT    NOT NULL DEFAULT '',
    date        INTEGER NOT NULL DEFAULT 0,
    -- Seconds east of UTC.
    zone        INTEGER NOT NULL DEFAULT 0,
    size        INTEGER NOT NULL DEFAULT 0,
    attachments INTEGER NOT NULL DEFAULT 0,
    snippet     TEXT    NOT NULL DEFAULT '',
    -- Of the raw bytes in raw.db; NULL while only the header is here.
    sha256      BLOB,
    -- What the server knows it by in any folder; empty where it does not tell.
    remote_id   TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX email_by_message_id ON email (account, message_id) WHERE message_id <> '';
CREATE INDEX email_by_content ON email (sha256, account) WHERE sha256 IS NOT NULL;
CREATE INDEX email_unfetched ON email (account) WHERE sha256 IS NULL;
CREATE INDEX email_by_remote_id ON email (account, remote_id) WHERE remote_id <> '';
CREATE INDEX email_by_thread ON email (thread);
-- For searches: few have something attached, few are large.
CREATE INDEX email_attached ON email (id) WHERE attachments > 0;
CREATE INDEX email_by_size ON email (size);

-- Skeletons of large messages that were opened: all but large attachments.
CREATE TABLE partial (
    email    INTEGER PRIMARY KEY REFERENCES email (id) ON DELETE CASCADE,
    -- Of the skeleton, in raw.db; never that of the message.
    sha256   BLOB NOT NULL,
    -- JSON list of the parts that are on the server only.
    left_out TEXT NOT NULL
) STRICT;
CREATE INDEX partial_by_content ON partial (sha256);

-- Removed messages that the search index may still hold.
CREATE TABLE email_gone (email INTEGER PRIMARY KEY) STRICT;
-- How many messages an account has: kept, never counted.
CREATE TABLE email_count (
    account INTEGER PRIMARY KEY,
    total   INTEGER NOT NULL
) STRICT;
CREATE TRIGGER email_added AFTER INSERT ON email BEGIN
    INSERT INTO email_count (account, total) VALUES (NEW.account, 1)
    ON CONFLICT (account) DO UPDATE SET total = total + 1;
END;
CREATE TRIGGER email_removed AFTER DELETE ON email BEGIN
    INSERT INTO email_gone (email) VALUES (OLD.id);
    UPDATE email_count SET total = total - 1 WHERE account = OLD.account;
END;

-- Which conversation a Message-ID belongs to, also of messages only referred to.
CREATE TABLE thread_member (
    account    INTEGER NOT NULL,
    message_id TEXT    NOT NULL,
    thread     INTEGER NOT NULL,
    PRIMARY KEY (account, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX thread_member_by_thread ON thread_member (thread);

-- A message in a folder.
CREATE TABLE placement (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Looked at with the commit: at once, each row would cost a journal.
    email    INTEGER NOT NULL REFERENCES email (id) DEFERRABLE INITIALLY DEFERRED,
    folder   INTEGER NOT NULL REFERENCES folder (id) DEFERRABLE INITIALLY DEFERRED,
    -- NULL until the server gave one.
    uid      INTEGER,
    flags    INTEGER NOT NULL DEFAULT 0,
    keywords TEXT    NOT NULL DEFAULT '',
    date     INTEGER NOT NULL,
    -- How many bytes of it only the server has; NULL once they are here.
    missing  INTEGER,
    -- How large the server says it is: under the same UID for ever.
    told_size INTEGER NOT NULL DEFAULT 0,
    -- Its conversation, and whether it has attachments, as its email has them:
    -- an index alone gives a list, grouped and filtered.
    thread    INTEGER NOT NULL DEFAULT 0,
    attached  INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX placement_by_uid ON placement (folder, uid) WHERE uid IS NOT NULL;
CREATE INDEX placement_by_date ON placement (folder, date DESC, id DESC, thread);
-- The same for the quick filters: few of many.
CREATE INDEX placement_unread_in ON placement (folder, date DESC, id DESC, thread, flags)
    WHERE (flags & 1) = 0;
CREATE INDEX placement_flagged_in ON placement (folder, date DESC, id DESC, thread, flags)
    WHERE (flags & 4) <> 0;
CREATE INDEX placement_attached_in ON placement (folder, date DESC, id DESC, thread, attached)
    WHERE attached <> 0;
CREATE INDEX placement_by_email ON placement (email);
CREATE INDEX placement_without_uid ON placement (folder) WHERE uid IS NULL;
-- What is still to be fetched of a folder, newest first: costs nothing where
-- nothing is.
CREATE INDEX placement_missing ON placement (folder, date DESC, id DESC, missing)
    WHERE missing IS NOT NULL;
-- What is unread or starred, newest first, whatever the folder: few of many.
CREATE INDEX placement_unread ON placement (date DESC, id DESC) WHERE (flags & 1) = 0;
CREATE INDEX placement_flagged ON placement (date DESC, id DESC) WHERE (flags & 4) <> 0;
-- Answered, deleted, draft, forwarded, junk; and tagged.
CREATE INDEX placement_marked ON placement (date DESC, id DESC) WHERE (flags & 122) <> 0;
CREATE INDEX placement_tagged ON placement (date DESC, id DESC) WHERE keywords <> '';
CREATE INDEX placement_newest ON placement (date DESC, id DESC);
CREATE TRIGGER email_completed AFTER UPDATE OF sha256, attachments ON email
WHEN (OLD.sha256 IS NULL) <> (NEW.sha256 IS NULL)
    OR (OLD.attachments > 0) <> (NEW.attachments > 0) BEGIN
    UPDATE placement SET missing = CASE WHEN NEW.sha256 IS NULL THEN NEW.size END,
        attached = NEW.attachments > 0
    WHERE email = NEW.id;
END;
CREATE TRIGGER email_rethreaded AFTER UPDATE OF thread ON email
WHEN OLD.thread <> NEW.thread BEGIN
    UPDATE placement SET thread = NEW.thread WHERE email = NEW.id;
END;

CREATE TRIGGER placement_added AFTER INSERT ON placement BEGIN
    UPDATE folder SET total = total + 1, unread = unread + ((NEW.flags & 1) = 0)
    WHERE id = NEW.folder;
END;
CREATE TRIGGER placement_removed AFTER DELETE ON placement BEGIN
    UPDATE folder SET total = total - 1, unread = unread - ((OLD.flags & 1) = 0)
    WHERE id = OLD.folder;
END;
CREATE TRIGGER placement_moved AFTER UPDATE OF folder ON placement
WHEN OLD.folder <> NEW.folder BEGIN
    UPDATE folder SET total = total - 1, unread = unread - ((OLD.flags & 1) = 0)
    WHERE id = OLD.folder;
    UPDATE folder SET total = total + 1, unread = unread + ((NEW.flags & 1) = 0)
    WHERE id = NEW.folder;
END;
CREATE TRIGGER placement_remarked AFTER UPDATE OF flags ON placement
WHEN OLD.folder = NEW.folder AND (OLD.flags & 1) <> (NEW.flags & 1) BEGIN
    UPDATE folder SET unread = unread + ((NEW.flags & 1) = 0) - ((OLD.flags & 1) = 0)
    WHERE id = NEW.folder;
END;

-- The server's half of what a person did here, oldest first.
CREATE TABLE pending_op (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    account      INTEGER NOT NULL,
    -- 0 where a folder is changed, not a message.
    placement    INTEGER NOT NULL,
    -- flag, move, copy, expunge, append, create, rename, delete, subscribe
    kind         TEXT    NOT NULL,
    -- Where the server has the message, and as what; or the folder changed.
    folder       INTEGER NOT NULL,
    uid          INTEGER NOT NULL DEFAULT 0,
    uid_validity INTEGER NOT NULL DEFAULT 0,
    -- What the message is recognised by where its UID is not known.
    message_id   TEXT    NOT NULL DEFAULT '',
    size         INTEGER NOT NULL DEFAULT 0,
    -- move, copy: where to.
    target       INTEGER NOT NULL DEFAULT 0,
    -- move, copy, append: the target's UIDNEXT before the first try, 0 before
    -- that. expunge by name: the UID is not below this one.
    target_next  INTEGER NOT NULL DEFAULT 0,
    -- copy: the placement it was copied from. expunge: the one in its place,
    -- which has to be on the server first.
    source       INTEGER NOT NULL DEFAULT 0,
    -- flag: which flag or keyword, and whether it is set. expunge: whether the
    -- server marked it. subscribe: whether it is. rename: whether it deletes.
    -- delete: whether its messages go with it.
    flag         TEXT    NOT NULL DEFAULT '',
    value        INTEGER NOT NULL DEFAULT 0,
    -- create, rename: the new path; rename: the one before.
    name         TEXT    NOT NULL DEFAULT '',
    was          TEXT    NOT NULL DEFAULT '',
    attempts     INTEGER NOT NULL DEFAULT 0,
    -- append: whether the server refused it, so that it waits until somebody
    -- asks for another try.
    held         INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX pending_op_by_account ON pending_op (account, id);
CREATE INDEX pending_op_by_placement ON pending_op (placement);
CREATE INDEX pending_op_by_uid ON pending_op (folder, uid);
CREATE INDEX pending_op_by_source ON pending_op (source) WHERE source <> 0;
CREATE INDEX pending_op_append ON pending_op (placement, account) WHERE kind = 'append';

CREATE TABLE outbox (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    account      INTEGER NOT NULL,
    message_id   TEXT    NOT NULL,
    subject      TEXT    NOT NULL DEFAULT '',
    mail_from    TEXT    NOT NULL,
    -- JSON list of {address, code, text}.
    recipients   TEXT    NOT NULL,
    -- Here and not in raw.db: nothing else in the world has these bytes yet.
    raw          BLOB    NOT NULL,
    -- JSON list of addresses: only the copy in Sent names them.
    bcc          TEXT    NOT NULL DEFAULT '[]',
    state        TEXT    NOT NULL DEFAULT 'waiting',
    attempts     INTEGER NOT NULL DEFAULT 0,
    last_error   TEXT    NOT NULL DEFAULT '',
    next_attempt INTEGER NOT NULL DEFAULT 0,
    -- Whether the last try did not even reach the server.
    unreached    INTEGER NOT NULL DEFAULT 0,
    -- While it is sent: whether the final dot may be on the wire. Before that
    -- nothing has left, whatever becomes of the program.
    handed       INTEGER NOT NULL DEFAULT 0,
    -- Whether some have it already: then the copy in Sent is made.
    filed        INTEGER NOT NULL DEFAULT 0,
    -- Whether a report of its delivery is asked for.
    report       INTEGER NOT NULL DEFAULT 0,
    -- The message this one answers or forwards, and how (reply, forward,
    -- draft, or empty); marked, or removed if a draft, once this left.
    origin       INTEGER NOT NULL DEFAULT 0,
    origin_mode  TEXT    NOT NULL DEFAULT ''
) STRICT;

-- Copies in Sent made here, for as long as the server may file its own.
CREATE TABLE sent_copy (
    placement INTEGER PRIMARY KEY,
    account   INTEGER NOT NULL,
    sent_at   INTEGER NOT NULL,
    -- Whether it names hidden recipients, as no copy of the server's does.
    has_bcc   INTEGER NOT NULL,
    -- Whether the server has it from us.
    uploaded  INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Accounts whose server was seen to file what it sends by itself.
CREATE TABLE server_files (account INTEGER PRIMARY KEY) STRICT;
