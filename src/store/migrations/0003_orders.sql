-- Orders of folders by something other than the date, each kept from the first
-- time somebody asks for it: most folders are never sorted so, and every message
-- would pay for it when it arrives.

CREATE TABLE kept_order (
    folder INTEGER NOT NULL,
    -- 1 for sender, 2 for recipient, 3 for subject, 4 for size.
    key    INTEGER NOT NULL,
    -- Whether all messages of the folder are in it by now.
    whole  INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (folder, key)
) STRICT, WITHOUT ROWID;

-- Pages of such an order are read from here alone.
CREATE TABLE order_entry (
    folder    INTEGER NOT NULL,
    key       INTEGER NOT NULL,
    -- What it is sorted by: a size, or a text as texts are compared.
    value     ANY     NOT NULL,
    -- These two as the placement has them.
    date      INTEGER NOT NULL,
    placement INTEGER NOT NULL,
    thread    INTEGER NOT NULL,
    PRIMARY KEY (folder, key, value, date DESC, placement DESC)
) STRICT, WITHOUT ROWID;
CREATE INDEX order_entry_of ON order_entry (placement);

-- Placements whose entries a transaction must still bring in step: empty
-- whenever nobody is writing. SQL cannot tell what texts are compared by.
CREATE TABLE order_due (placement INTEGER PRIMARY KEY) STRICT;
CREATE TRIGGER order_due_added AFTER INSERT ON placement
WHEN EXISTS (SELECT 1 FROM kept_order WHERE folder = NEW.folder) BEGIN
    INSERT INTO order_due VALUES (NEW.id) ON CONFLICT (placement) DO NOTHING;
END;
CREATE TRIGGER order_due_changed AFTER UPDATE OF folder, email, date, thread ON placement
WHEN EXISTS (SELECT 1 FROM kept_order WHERE folder IN (OLD.folder, NEW.folder)) BEGIN
    INSERT INTO order_due VALUES (NEW.id) ON CONFLICT (placement) DO NOTHING;
END;
CREATE TRIGGER order_due_removed AFTER DELETE ON placement
WHEN EXISTS (SELECT 1 FROM kept_order WHERE folder = OLD.folder) BEGIN
    INSERT INTO order_due VALUES (OLD.id) ON CONFLICT (placement) DO NOTHING;
END;
CREATE TRIGGER order_due_rewritten AFTER UPDATE OF sender, recipients, subject, size ON email
WHEN EXISTS (SELECT 1 FROM kept_order) BEGIN
    INSERT INTO order_due SELECT id FROM placement WHERE email = NEW.id
    ON CONFLICT (placement) DO NOTHING;
END;
CREATE TRIGGER kept_order_removed AFTER DELETE ON folder BEGIN
    DELETE FROM order_entry WHERE folder = OLD.id;
    DELETE FROM kept_order WHERE folder = OLD.id;
END;
