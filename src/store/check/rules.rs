//! What must hold between the rows of `mail.db`: what breaks each rule, and
//! how it is mended.

use rusqlite::params_from_iter;

use super::super::{Read, Result, Write};
use super::Findings;
use crate::model::{AccountId, StoreProblemKind as Kind};

/// One rule.
struct Rule {
    kind: Kind,
    /// What is wrong, as people say it.
    says: &'static str,
    /// Counts the rows that break it.
    count: &'static str,
    /// Mends them. None where that would lose something.
    mend: Option<&'static str>,
}

/// In the order in which they are mended. Messages that exist nowhere but here
/// are known by an upload that waits: none of them is ever removed.
const RULES: &[Rule] = &[
    Rule {
        kind: Kind::Placement,
        says: "Messages lie in a folder that is not there, or are not there themselves.",
        count: "SELECT count(*) FROM placement WHERE email NOT IN (SELECT id FROM email)
                OR folder NOT IN (SELECT id FROM folder)",
        mend: Some(
            "DELETE FROM placement WHERE (email NOT IN (SELECT id FROM email)
                OR folder NOT IN (SELECT id FROM folder))
             AND id NOT IN (SELECT placement FROM pending_op WHERE kind = 'append')",
        ),
    },
    Rule {
        kind: Kind::Account,
        says: "Messages lie in a folder of another account.",
        count: "SELECT count(*) FROM placement p JOIN email e ON e.id = p.email
                JOIN folder f ON f.id = p.folder WHERE e.account <> f.account",
        mend: Some(
            "DELETE FROM placement WHERE id IN (SELECT p.id FROM placement p
                JOIN email e ON e.id = p.email JOIN folder f ON f.id = p.folder
                WHERE e.account <> f.account)
             AND id NOT IN (SELECT placement FROM pending_op WHERE kind = 'append')",
        ),
    },
    Rule {
        kind: Kind::Uid,
        says: "Two rows of a folder stand for the same message.",
        // Past the index that should have kept them apart.
        count: "SELECT coalesce(sum(rows - 1), 0) FROM (SELECT count(*) AS rows
                FROM placement NOT INDEXED WHERE uid IS NOT NULL GROUP BY folder, uid)",
        // The next pass finds out whether the server has a second one.
        mend: Some(
            "UPDATE placement SET uid = NULL WHERE uid IS NOT NULL AND id NOT IN
                (SELECT min(id) FROM placement NOT INDEXED WHERE uid IS NOT NULL
                 GROUP BY folder, uid)",
        ),
    },
    Rule {
        kind: Kind::Uid,
        says: "Messages have a number that no server gives.",
        count: "SELECT count(*) FROM placement WHERE uid < 1 OR uid > 4294967295",
        // Without one they are looked for by what they are.
        mend: Some("UPDATE placement SET uid = NULL WHERE uid < 1 OR uid > 4294967295"),
    },
    Rule {
        kind: Kind::Unplaced,
        says: "Messages lie in no folder.",
        count: "SELECT count(*) FROM email WHERE id NOT IN (SELECT email FROM placement)",
        mend: Some("DELETE FROM email WHERE id NOT IN (SELECT email FROM placement)"),
    },
    Rule {
        kind: Kind::Pending,
        says: "Changes wait for the server that name a message that is not there.",
        // A message that is removed for good is gone here before it is there.
        count: "SELECT count(*) FROM pending_op WHERE kind IN ('flag', 'move', 'append')
                AND placement NOT IN (SELECT id FROM placement)",
        mend: Some(
            "DELETE FROM pending_op WHERE kind IN ('flag', 'move', 'append')
                AND placement NOT IN (SELECT id FROM placement)",
        ),
    },
    Rule {
        kind: Kind::Pending,
        says: "Changes wait for the server that name a folder that is not there.",
        count: "SELECT count(*) FROM pending_op
                WHERE (kind IN ('flag', 'move', 'append', 'expunge')
                       AND folder NOT IN (SELECT id FROM folder))
                OR (kind = 'move' AND target NOT IN (SELECT id FROM folder))",
        mend: Some(
            "DELETE FROM pending_op
                WHERE (kind IN ('flag', 'move', 'expunge')
                       AND folder NOT IN (SELECT id FROM folder))
                OR (kind = 'move' AND target NOT IN (SELECT id FROM folder))",
        ),
    },
    Rule {
        kind: Kind::Thread,
        says: "Messages are not in the conversation that their name belongs to.",
        count: "SELECT count(*) FROM email e LEFT JOIN thread_member m
                ON m.account = e.account AND m.message_id = e.message_id
                WHERE e.message_id <> '' AND m.thread IS NOT e.thread",
        mend: Some(
            "INSERT INTO thread_member (account, message_id, thread)
                SELECT account, message_id, thread FROM email
                WHERE message_id <> '' ON CONFLICT DO NOTHING;
             UPDATE email SET thread = (SELECT thread FROM thread_member m
                WHERE m.account = email.account AND m.message_id = email.message_id)
             WHERE message_id <> ''",
        ),
    },
    Rule {
        kind: Kind::Thread,
        says: "Lists show messages in another conversation than they are in.",
        count: "SELECT count(*) FROM placement p JOIN email e ON e.id = p.email
                WHERE p.thread <> e.thread",
        mend: Some(
            "UPDATE placement SET thread = e.thread FROM email e
                WHERE e.id = placement.email AND e.thread <> placement.thread",
        ),
    },
    Rule {
        kind: Kind::Thread,
        says: "Names are kept of conversations that have no message.",
        count: "SELECT count(*) FROM thread_member
                WHERE thread NOT IN (SELECT thread FROM email)",
        mend: Some("DELETE FROM thread_member WHERE thread NOT IN (SELECT thread FROM email)"),
    },
    Rule {
        kind: Kind::Content,
        says: "Lists show a paper clip where nothing is attached, or none where something is.",
        count: "SELECT count(*) FROM placement p JOIN email e ON e.id = p.email
                WHERE p.attached <> (e.attachments > 0)",
        mend: Some(
            "UPDATE placement SET attached = (e.attachments > 0) FROM email e
                WHERE e.id = placement.email",
        ),
    },
    Rule {
        kind: Kind::Outbox,
        says: "Messages in the outbox cannot be sent as they are stored.",
        count: "SELECT count(*) FROM outbox WHERE length(raw) = 0 OR mail_from = ''
                OR NOT json_valid(recipients) OR NOT json_valid(bcc)
                OR state NOT IN ('waiting', 'sending', 'sent', 'failed', 'uncertain')",
        mend: None,
    },
    Rule {
        kind: Kind::Content,
        says: "Messages are noted as fetched that are not, or the other way round.",
        count: "SELECT count(*) FROM placement p JOIN email e ON e.id = p.email
                WHERE (p.missing IS NULL) <> (e.sha256 IS NOT NULL)",
        mend: Some(
            "UPDATE placement SET missing =
                (SELECT size FROM email e WHERE e.id = placement.email AND e.sha256 IS NULL)",
        ),
    },
    Rule {
        kind: Kind::Content,
        says: "Parts are kept of messages that are here whole, or not there.",
        count: "SELECT count(*) FROM partial WHERE NOT json_valid(left_out)
                OR email NOT IN (SELECT id FROM email WHERE sha256 IS NULL)",
        // The bytes they name go with those that nothing names.
        mend: Some(
            "DELETE FROM partial WHERE NOT json_valid(left_out)
                OR email NOT IN (SELECT id FROM email WHERE sha256 IS NULL)",
        ),
    },
    Rule {
        kind: Kind::Counts,
        says: "Lists by sender, subject or size do not show what is there.",
        count: "SELECT (SELECT count(*) FROM kept_order k WHERE k.whole
                    AND (SELECT count(*) FROM order_entry e
                         WHERE e.folder = k.folder AND e.key = k.key)
                        <> (SELECT count(*) FROM placement p WHERE p.folder = k.folder))
                + (SELECT count(*) FROM order_entry e LEFT JOIN placement p ON p.id = e.placement
                   WHERE p.folder IS NOT e.folder OR p.date <> e.date OR p.thread <> e.thread)",
        // They are made again when somebody asks for one.
        mend: Some("DELETE FROM order_entry; DELETE FROM kept_order; DELETE FROM order_due"),
    },
    // After all that changes what is counted.
    Rule {
        kind: Kind::Counts,
        says: "Folders have wrong counts.",
        count: "SELECT count(*) FROM folder f
                WHERE total <> (SELECT count(*) FROM placement WHERE folder = f.id)
                OR unread <> (SELECT count(*) FROM placement WHERE folder = f.id
                              AND (flags & 1) = 0)",
        mend: Some(
            "UPDATE folder SET
                total = (SELECT count(*) FROM placement WHERE folder = folder.id),
                unread = (SELECT count(*) FROM placement WHERE folder = folder.id
                          AND (flags & 1) = 0)",
        ),
    },
    Rule {
        kind: Kind::Counts,
        says: "Accounts have wrong counts.",
        count: "SELECT (SELECT coalesce(sum(total), 0) FROM email_count)
                    <> (SELECT count(*) FROM email)",
        mend: Some(
            "DELETE FROM email_count;
             INSERT INTO email_count (account, total)
                SELECT account, count(*) FROM email GROUP BY account",
        ),
    },
];

pub(super) fn check(r: &Read<'_>, found: &mut Findings) -> Result<()> {
    for rule in RULES {
        let count: u64 = r.mail.query_row(rule.count, [], |row| row.get(0))?;
        found.add(rule.kind, count, rule.says);
    }
    Ok(())
}

pub(super) fn mend(w: &Write<'_>) -> Result<()> {
    for mend in RULES.iter().filter_map(|rule| rule.mend) {
        w.mail.execute_batch(mend)?;
    }
    Ok(())
}

/// Folders of accounts that are not there: left by a program that died while
/// it removed one.
fn strangers(accounts: &[AccountId]) -> String {
    let marks = vec!["?"; accounts.len()].join(", ");
    format!("account NOT IN ({marks})")
}

pub(super) fn check_accounts(
    r: &Read<'_>,
    accounts: &[AccountId],
    found: &mut Findings,
) -> Result<()> {
    let sql = format!("SELECT count(*) FROM folder WHERE {}", strangers(accounts));
    let ids = params_from_iter(accounts.iter().map(|id| id.0));
    let count: u64 = r.mail.query_row(&sql, ids, |row| row.get(0))?;
    found.add(
        Kind::Account,
        count,
        "Folders belong to an account that is not there.",
    );
    Ok(())
}

pub(super) fn mend_accounts(w: &Write<'_>, accounts: &[AccountId]) -> Result<()> {
    // What waits to be sent, or to be uploaded, exists nowhere else, nor may
    // what came by POP3.
    let sql = format!(
        "SELECT DISTINCT account FROM folder WHERE {}
            AND account NOT IN (SELECT account FROM outbox)
            AND account NOT IN (SELECT account FROM pending_op WHERE kind = 'append')
            AND account NOT IN (SELECT account FROM local_account)",
        strangers(accounts)
    );
    let gone = {
        let mut statement = w.mail.prepare(&sql)?;
        let ids = params_from_iter(accounts.iter().map(|id| id.0));
        let rows = statement.query_map(ids, |row| row.get(0).map(AccountId))?;
        rows.collect::<rusqlite::Result<Vec<_>>>()?
    };
    gone.into_iter().try_for_each(|id| w.remove_account(id))
}
