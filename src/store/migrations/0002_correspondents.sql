-- Addresses of the accounts: what comes from them the person wrote.
CREATE TABLE own_address (
    account INTEGER NOT NULL,
    -- Lower case; `*@example.org` for every address of a domain.
    address TEXT    NOT NULL,
    PRIMARY KEY (account, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX own_address_by_address ON own_address (address);

-- Who wrote, and to whom the person wrote; kept when their messages go.
CREATE TABLE correspondent (
    -- Lower case.
    address TEXT    PRIMARY KEY,
    -- When the first message from it was written; NULL where none came.
    since   INTEGER,
    -- Whether the person wrote to it.
    written INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX correspondent_written ON correspondent (address) WHERE written <> 0;

INSERT INTO correspondent (address, since)
    SELECT lower(json_extract(person.value, '$.address')), min(email.date)
    FROM email, json_each(email.sender) AS person
    WHERE json_extract(person.value, '$.address') LIKE '%@%' GROUP BY 1;
INSERT INTO correspondent (address, written)
    SELECT lower(json_extract(person.value, '$.address')), 1
    FROM folder JOIN placement ON placement.folder = folder.id
        JOIN email ON email.id = placement.email, json_each(email.recipients) AS person
    WHERE folder.role = 'sent' AND json_extract(person.value, '$.address') LIKE '%@%' GROUP BY 1
    ON CONFLICT (address) DO UPDATE SET written = 1;
